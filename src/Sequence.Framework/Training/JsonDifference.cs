using System.Text.Json.Nodes;

namespace Sequence.Framework.Training;

/// <summary>Where two JSON documents first differ.</summary>
public static class JsonDifference
{
    /// <summary>The first difference in words, such as <c>$.training.batchSize was 32 and is 64</c>; null where there is none.</summary>
    public static string? First(JsonNode? was, JsonNode? @is, string path = "$")
    {
        if (JsonNode.DeepEquals(was, @is))
            return null;

        return (was, @is) switch
        {
            (JsonObject before, JsonObject now) => before.Select(member => member.Key).Union(now.Select(member => member.Key))
                .Select(key => First(before[key], now[key], $"{path}.{key}")).FirstOrDefault(found => found is not null),
            (JsonArray before, JsonArray now) when before.Count == now.Count => before.Zip(now)
                .Select((pair, index) => First(pair.First, pair.Second, $"{path}[{index}]")).FirstOrDefault(found => found is not null),
            _ => $"{path} was {Text(was)} and is {Text(@is)}",
        };
    }

    private static string Text(JsonNode? node) => node is null ? "absent" : node.ToJsonString();
}
