package dev.freefleet.worker;

import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.worker.js.Js;
import java.util.Objects;

/**
 * All that a deployed Worker is configured with beside its secrets.
 *
 * @param policy the edge's policy
 * @param originUrl where misses are asked, without a slash at the end
 * @param originIsGateway whether that is the fleet's gateway, else it is the Brain itself
 * @param secretHeader the lower-case field in which the Brain is shown the shared secret
 * @param fleetUrl where the fleet's calls for edges are, without a slash at the end
 * @param keyLimit what the rate limiting binding by key lets pass in a minute; keys that may ask for more are not counted
 *     there
 * @param questions what of questions leaves the Worker
 * @param stallMillis how long the origin may pause in the middle of an answer
 * @param cacheHost the host of the URLs that entries of the Cache API have: the Worker's own domain where it has one
 */
record Settings(
        EdgePolicy policy,
        String originUrl,
        boolean originIsGateway,
        String secretHeader,
        String fleetUrl,
        long keyLimit,
        Questions questions,
        long stallMillis,
        String cacheHost) {
    /** Where its entries in the Cache API are, which all Workers of a zone share: a path that nobody serves. */
    String cachePlace() {
        return "https://" + cacheHost + "/.fleet/cache/" + Js.escaped(fleetUrl + ' ' + policy.node()) + '/';
    }

    Settings {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(originUrl, "originUrl");
        Objects.requireNonNull(secretHeader, "secretHeader");
        Objects.requireNonNull(fleetUrl, "fleetUrl");
        Objects.requireNonNull(questions, "questions");
    }
}
