using Sequence.Tasks.Text.Reading;

namespace Sequence.Tasks.Tests.Reading;

public class CsvReaderTests
{
    [Theory]
    [InlineData("a,b\nc,d\n", "a|b;c|d")]
    [InlineData("a,b\r\nc,d", "a|b;c|d")]
    [InlineData("\"a,1\",\"say \"\"hi\"\"\"\n", "a,1|say \"hi\"")]
    [InlineData("\"two\nlines\",x\n", "two\nlines|x")]
    [InlineData(",\n\"\",\"\"\n", "|;|")]
    [InlineData("\n\na,b\n\n\nc,d\n\n", "a|b;c|d")]
    [InlineData("", "")]
    public void Records_are_read_as_RFC_4180_has_them(string text, string records) =>
        Assert.Equal(records, string.Join(';', All(text).Select(record => string.Join('|', record))));

    [Theory]
    [InlineData("a,b\nc\n", 2, "1 fields where the first record has 2")]
    [InlineData("a,b\n\n\"x\ny\",1\nc,d,e\n", 5, "3 fields")]
    [InlineData("a,b\nc,\"never closed\nand on", 2, "never closed")]
    [InlineData("a,\"b\"x\n", 1, "follows a closing quote")]
    [InlineData("a,b\"x\n", 1, "does not begin with one")]
    public void A_malformed_record_is_named_with_its_line(string text, long line, string words)
    {
        var error = Assert.Throws<TaskDataException>(() => All(text));
        Assert.Equal(line, error.Line);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"rows.csv({line}): ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_is_that_on_which_a_record_begins()
    {
        var csv = new CsvReader(new StringReader("a\n\"b\nb\"\nc\n"), "rows.csv");
        var lines = new List<long>();
        while (csv.Read() is not null)
            lines.Add(csv.Line);
        Assert.Equal([1, 2, 4], lines);
    }

    private static List<string[]> All(string text)
    {
        var csv = new CsvReader(new StringReader(text), "rows.csv");
        var records = new List<string[]>();
        while (csv.Read() is { } record)
            records.Add(record);
        return records;
    }
}
