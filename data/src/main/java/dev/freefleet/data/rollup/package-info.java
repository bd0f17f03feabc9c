/** Usage in figures: hours, days, users and questions, each day aggregated as a whole. */
@NullMarked
package dev.freefleet.data.rollup;

import org.jspecify.annotations.NullMarked;
