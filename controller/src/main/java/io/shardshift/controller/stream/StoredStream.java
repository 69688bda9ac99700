package io.shardshift.controller.stream;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.GroupId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is stored of a stream. Its size grows with groups and captured tables, never with rows.
 *
 * @param position everything before it is done, on disk [19]
 * @param fences this shard's fences <em>as of that position</em>, never today's [2]
 * @param schemaHistory the captured tables' schemas; empty until the first start has learned them
 */
public record StoredStream(StreamPosition position, List<Fence> fences, List<String> schemaHistory) {
    public StoredStream {
        fences = List.copyOf(fences);
        schemaHistory = List.copyOf(schemaHistory);
    }

    /** A stream that has read nothing yet. */
    public static StoredStream at(StreamPosition position) {
        return new StoredStream(position, List.of(), List.of());
    }

    public StoredStream with(StreamPosition newPosition, Collection<Fence> newFences, List<String> newHistory) {
        return new StoredStream(newPosition, List.copyOf(newFences), newHistory);
    }

    /** The fences by group. */
    @JsonIgnore
    public Map<GroupId, Fence> fencesByGroup() {
        Map<GroupId, Fence> byGroup = new LinkedHashMap<>();
        fences.forEach(fence -> byGroup.put(fence.group(), fence));
        return byGroup;
    }
}
