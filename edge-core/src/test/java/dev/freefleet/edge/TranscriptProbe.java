package dev.freefleet.edge;

/** The main class that TeaVM compiles: prints the transcript of the vectors that it is given. */
final class TranscriptProbe {
    private TranscriptProbe() {}

    public static void main(String[] args) {
        System.out.println(Transcript.run(args[0], Policies.standard()));
    }
}
