package dev.freefleet.brain;

/**
 * A passage that may answer a question.
 *
 * @param cosine of the angle between its vector and the question's, -1 to 1
 * @param coverage how much of the question's weight in terms it has, 0 to 1
 */
record Hit(PassageRow passage, double cosine, double coverage) {

    double confidence() {
        return Confidence.of(cosine, coverage);
    }
}
