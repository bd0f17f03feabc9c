#!/usr/bin/env bash
# Real Lance tables, our repository and restic side by side: ./run.sh [WORK FOLDER]; ROWS, DIM and DAYS by environment.
# Needs: the module built (mvn -pl backup -am package), node with npm, restic, GNU time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-$(mktemp -d)}
days=${DAYS:-14}
export ROWS=${ROWS:-20000} DIM=${DIM:-2048} RESTIC_PASSWORD=bench
mkdir -p "$work"
cp "$here/package.json" "$here/table.mjs" "$work/"
(cd "$work" && npm install --silent --no-audit --no-fund)
(cd "$here/../.." && mvn -B -q -ntp -pl backup dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile="$work/cp" >/dev/null)
cp="$here/../../backup/target/classes:$(cat "$work/cp")"
javac -cp "$cp" -d "$work/classes" "$here/Bench.java"
# As the launcher ./fleet starts backups.
flags="-XX:+UseCompactObjectHeaders -XX:CompileCommand=quiet"
for hot in 'com.sun.crypto.provider.*' 'sun.security.provider.SHA2*' 'sun.security.provider.DigestBase'; do
  flags="$flags -XX:CompileCommand=CompileThresholdScaling,$hot::*,0.001"
done
# shellcheck disable=SC2086  # flags is a list
ours() { set -f; java -Xmx"${HEAP:-320m}" -XX:+UseSerialGC $flags --enable-native-access=ALL-UNNAMED -cp "$work/classes:$cp" Bench "$work/ours" "$@"; }
export -f ours
export cp work flags
theirs() { restic -q -r "$work/restic" "$@"; }
export -f theirs
bytes() { du -sb "$1" | cut -f1; }
# Prints: seconds and MB of memory of a command.
measure() { /usr/bin/time -f '%e %M' -o "$work/time" bash -c "$*" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }; awk '{printf "%s %d", $1, $2/1024}' "$work/time"; }
table() { (cd "$work" && node table.mjs "$work/db" "$@" 2>/dev/null); }
compare() { # name, our command, their command
  local a b x y p q
  a=$(bytes "$work/ours"); b=$(bytes "$work/restic")
  x=$(measure "ours $2"); y=$(measure "theirs $3")
  p=$(($(bytes "$work/ours") - a)); q=$(($(bytes "$work/restic") - b))
  awk -v n="$1" -v x="$x" -v y="$y" -v p="$p" -v q="$q" 'BEGIN { split(x, o); split(y, t);
    printf "%-12s added %9.2f / %9.2f MB  ratio %5.2f | %6.2f / %6.2f s  ratio %5.2f | memory %4d / %4d MB  ratio %4.2f\n", n, p/1e6, q/1e6, (q != 0 ? p/q : 0), o[1], t[1], o[1]/t[1], o[2], t[2], o[2]/t[2] }'
}
rm -rf "$work/db" "$work/ours" "$work/restic"
table create
ours init
theirs init
echo "source $(du -sm "$work/db" | cut -f1) MB, ours / restic $(restic version | cut -d' ' -f2)"
compare "day 1" "backup $work/db" "backup $work/db"
for day in $(seq 2 "$days"); do
  table day "$day"
  compare "day $day" "backup $work/db" "backup $work/db"
done
echo "after $days days: $(bytes "$work/ours") / $(bytes "$work/restic") bytes, ratio $(awk -v a="$(bytes "$work/ours")" -v b="$(bytes "$work/restic")" 'BEGIN { printf "%.2f", a/b }')"
table compact
compare "compaction" "backup $work/db" "backup $work/db"
table reorder
compare "reorder" "backup $work/db" "backup $work/db"
tar -C "$work/db" -cf "$work/db.tar" .
compare "tar stream" "tar $work/db.tar" "backup --stdin --stdin-filename db.tar < $work/db.tar"
compare "check" "check" "check --read-data"
rm -rf "$work/out-ours" "$work/out-restic"
ours backup "$work/db"
theirs backup "$work/db"
compare "restore" "restore $work/out-ours" "restore latest --target $work/out-restic"
diff -r "$work/db" "$work/out-ours" && echo "restored tree is the same"
compare "prune" "prune" "forget --keep-daily 3 --prune"
