package io.shardshift.controller.store;

/** Another controller leads now: stop; it goes on from what is stored. */
public final class LeadershipLost extends Exception {
    public LeadershipLost(Term mine) {
        super("term " + mine.number() + " is over: another controller leads");
    }
}
