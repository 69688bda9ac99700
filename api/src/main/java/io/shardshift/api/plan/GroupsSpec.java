package io.shardshift.api.plan;

/** {@code first}: slots of the canary group, 0 for none; {@code then}: number of further groups, at least one per source and target. */
public record GroupsSpec(int first, int then) {
    public static final GroupsSpec DEFAULT = new GroupsSpec(1, 16);
}
