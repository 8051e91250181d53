using System.Text.Json.Nodes;

namespace Sequence.Framework.Training;

/// <summary>Where two JSON documents differ.</summary>
public static class JsonDifference
{
    /// <summary>The first difference in words, such as <c>$.training.batchSize was 32 and is 64</c>; null where there is none.</summary>
    public static string? First(JsonNode? was, JsonNode? @is) => All(was, @is).FirstOrDefault();

    /// <summary>Every difference in words, in the order of the documents.</summary>
    public static IEnumerable<string> All(JsonNode? was, JsonNode? @is, string path = "$")
    {
        if (JsonNode.DeepEquals(was, @is))
            return [];

        return (was, @is) switch
        {
            (JsonObject before, JsonObject now) => before.Select(member => member.Key).Union(now.Select(member => member.Key))
                .SelectMany(key => All(before[key], now[key], $"{path}.{key}")),
            (JsonArray before, JsonArray now) when before.Count == now.Count => before.Zip(now)
                .SelectMany((pair, index) => All(pair.First, pair.Second, $"{path}[{index}]")),
            _ => [$"{path} was {Text(was)} and is {Text(@is)}"],
        };
    }

    private static string Text(JsonNode? node) => node is null ? "absent" : node.ToJsonString();
}
