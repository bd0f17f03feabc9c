/** In the package of the fleet's writers, what tests of the Worker need of them. */
@org.jspecify.annotations.NullMarked
package dev.freefleet.edgesync;
