package dev.freefleet.backup.format;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PlanesTest {
    @Property
    void aPlaneHasTheSameByteOfEachValueInTheirOrder(@ForAll @Size(max = 200) byte[] plain) {
        int values = plain.length / Planes.COUNT;
        byte[][] planes = new byte[Planes.COUNT][values];

        Planes.split(plain, planes, values);

        for (int p = 0; p < Planes.COUNT; p++) {
            for (int i = 0; i < values; i++) {
                assertThat(planes[p][i]).isEqualTo(plain[Planes.COUNT * i + p]);
            }
        }
    }

    @Property
    void planesAreJoinedFromWhereverTheyBegin(
            @ForAll @Size(min = 160, max = 200) byte[] all,
            @ForAll @IntRange(max = 40) int values,
            @ForAll @Size(4) int[] anywhere) {
        int[] from = new int[Planes.COUNT];
        for (int p = 0; p < Planes.COUNT; p++) {
            from[p] = Math.floorMod(anywhere[p], all.length - values + 1);
        }
        byte[] plain = new byte[Planes.COUNT * values];

        Planes.join(new byte[][] {all, all, all, all}, from, plain, values);

        for (int i = 0; i < plain.length; i++) {
            int p = i % Planes.COUNT;
            assertThat(plain[i]).isEqualTo(all[from[p] + i / Planes.COUNT]);
        }
    }
}
