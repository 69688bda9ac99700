package io.shardshift.api.routing;

/** Identity of a group: the {@code number}-th of a migration, counted from 0. Fences and routes are by group. */
public record GroupId(MigrationId migration, int number) implements Comparable<GroupId> {
    public GroupId {
        if (number < 0) {
            throw new IllegalArgumentException("a group's number is 0 or more, found " + number);
        }
    }

    @Override
    public int compareTo(GroupId other) {
        int byMigration = migration.compareTo(other.migration);
        return byMigration != 0 ? byMigration : Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return migration + "/" + number;
    }
}
