using System.ComponentModel.DataAnnotations;
using Sequence.Tasks.Text;

namespace Sequence.Tasks.Tests;

public sealed class TextClassificationTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Ag_news_has_its_official_test_rows_and_the_subsets_training_rows()
    {
        var task = Made.Classification(AgNews());
        Assert.Equal(36_662, task.Training.Count);
        Assert.Equal(2_000, task.Validation.Count);
        Assert.Equal(7_600, task.Test.Count);
        Assert.Equal(4, task.Classes);

        var classes = new int[4];
        for (var i = 0; i < task.Test.Count; i++)
            classes[task.Test[i].Targets[0]]++;
        Assert.Equal([1_900, 1_900, 1_900, 1_900], classes);
    }

    [Fact]
    public void Fewer_training_rows_leave_validation_as_it_is()
    {
        var (whole, few) = (Made.Classification(AgNews() with { Tokenizer = Made.Bytes }), Made.Classification(AgNews() with { Tokenizer = Made.Bytes, TrainRows = 100 }));
        Assert.Equal(100, few.Training.Count);
        Assert.Equal(Enumerable.Range(0, 2_000).Select(i => whole.Validation[i].Tokens), Enumerable.Range(0, 2_000).Select(i => few.Validation[i].Tokens));
        Assert.Equal(whole.Training[99].Tokens, few.Training[99].Tokens);
    }

    [Fact]
    public void Columns_are_found_by_header_name_in_any_order()
    {
        var train = _scratch.Write("train.csv", "body,id,kind,title\nfirst,1,good,A\nsecond,2,bad,B\nthird,3,good,C\n");
        var task = Made.Classification(new() { Train = train, Test = train, Header = true, LabelColumn = "kind", TextColumns = ["title", "body"], Tokenizer = Made.Bytes, ValidationRows = 1 });
        Assert.Equal("A first", task.Tokenizer!.Decode(task.Test[0].Tokens));
        Assert.Equal([1, 0, 1], Enumerable.Range(0, 3).Select(i => task.Test[i].Targets[0]));
    }

    [Fact]
    public void Labels_are_names_or_numbers_from_1()
    {
        var rows = _scratch.Write("rows.csv.gz", "2,a\nno,b\n1,c\nyes,d\n");
        var task = Made.Classification(new() { Train = rows, Test = rows, Labels = ["yes", "no"], Tokenizer = Made.Bytes, ValidationRows = 1 });
        Assert.Equal([1, 1, 0, 0], Enumerable.Range(0, 4).Select(i => task.Test[i].Targets[0]));

        var named = _scratch.Write("classes.txt", "yes\nno\n");
        Assert.Equal(2, Made.Classification(new() { Train = rows, Test = rows, LabelsFile = named, Tokenizer = Made.Bytes, ValidationRows = 1 }).Classes);
    }

    [Fact]
    public void Names_that_are_numbers_are_never_taken_for_positions()
    {
        var rows = _scratch.Write("rows.csv", "0,a\n1,b\n2,c\n");
        var task = Made.Classification(new() { Train = rows, Test = rows, Labels = ["0", "1", "2"], Tokenizer = Made.Bytes, ValidationRows = 1 });
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(i => task.Test[i].Targets[0]));

        var beyond = _scratch.Write("beyond.csv", "0,a\n3,b\n");
        var error = Assert.Throws<TaskDataException>(
            () => Made.Classification(new() { Train = rows, Test = beyond, Labels = ["0", "1", "2"], Tokenizer = Made.Bytes, ValidationRows = 1 }));
        Assert.Contains("label '3' is none of the classes: 0, 1, 2.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_class_names_that_is_not_the_expected_one_is_refused()
    {
        var rows = _scratch.Write("rows.csv", "1,a\n2,b\n");
        var named = _scratch.Write("classes.txt", "yes\nno\n");
        var error = Assert.Throws<TaskDataException>(() => Made.Classification(new()
        {
            Train = rows,
            Test = rows,
            LabelsFile = named,
            Sha256 = new() { Labels = new string('0', 64) },
            Tokenizer = Made.Bytes,
            ValidationRows = 1,
        }));
        Assert.Equal(named.Full, error.File);
        Assert.Contains("option 'labelsFile' expects", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_draw_of_validation_rows_never_changes()
    {
        var rows = _scratch.Write("rows.csv", string.Concat(Enumerable.Range(0, 20).Select(i => $"{1 + i % 2},{(char)('a' + i)}\n")));
        var task = Made.Classification(new() { Train = rows, Test = rows, Tokenizer = Made.Bytes, ValidationRows = 5 });
        Assert.Equal("ekmqr", string.Concat(Enumerable.Range(0, 5).Select(i => task.Tokenizer!.Decode(task.Validation[i].Tokens))));
    }

    [Fact]
    public void Labels_not_named_are_those_of_training_in_order()
    {
        var rows = _scratch.Write("rows.csv", "10,a\n9,b\n10,c\n-1,d\n");
        var task = Made.Classification(new() { Train = rows, Test = rows, Tokenizer = Made.Bytes, ValidationRows = 1 });
        Assert.Equal([2, 1, 2, 0], Enumerable.Range(0, 4).Select(i => task.Test[i].Targets[0]));
    }

    [Fact]
    public void Texts_are_cut_at_the_longest_length_and_lengths_are_known_beforehand()
    {
        var rows = _scratch.Write("rows.csv", "1,abcdef\n2,ab\n1,x\n");
        var task = Made.Classification(new() { Train = rows, Test = rows, Tokenizer = Made.Bytes, ValidationRows = 1, MaxLength = 3 });
        Assert.Equal([3, 2, 1], Enumerable.Range(0, 3).Select(task.Test.LengthOf));
        Assert.Equal("abc", task.Tokenizer!.Decode(task.Test[0].Tokens));
    }

    [Fact]
    public void The_vocabulary_is_learned_without_validation_rows()
    {
        var rows = _scratch.Write("rows.csv", string.Concat(Enumerable.Range(0, 20).Select(i => $"{1 + i % 2},word{i}\n")));
        var task = Made.Classification(new() { Train = rows, Test = rows, Tokenizer = Made.Words(), ValidationRows = 5 });
        Assert.Equal(1 + 15, task.Vocabulary);
        for (var i = 0; i < task.Validation.Count; i++)
            Assert.Equal([0], task.Validation[i].Tokens);
    }

    [Fact]
    public void A_missing_file_is_named_with_its_option_and_near_names()
    {
        var test = _scratch.Write("test.csv", "1,a\n2,b\n");
        _scratch.Write("train_subset.csv", "x");
        var error = Assert.Throws<TaskDataException>(() => Made.Classification(new() { Train = _scratch.Path("train_subst.csv"), Test = test, Tokenizer = Made.Bytes }));
        Assert.Contains("train_subst.csv", error.Message, StringComparison.Ordinal);
        Assert.Contains("option 'train'", error.Message, StringComparison.Ordinal);
        Assert.Contains("train_subset.csv, ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,a\n2,b\n5,c\n", 3, "label '5' is none of the classes: x, y")]
    [InlineData("1,a\n2,\n", 2, "text is empty")]
    [InlineData("1,a\n2,b,c\n", 2, "3 fields")]
    [InlineData("1,a\n2,\"b\n", 2, "never closed")]
    public void A_bad_row_is_named_with_its_line(string rows, long line, string words)
    {
        var file = _scratch.Write("rows.csv", rows);
        var error = Assert.Throws<TaskDataException>(() => Made.Classification(new() { Train = file, Test = file, Labels = ["x", "y"], Tokenizer = Made.Bytes, ValidationRows = 1 }));
        Assert.Equal(line, error.Line);
        Assert.Equal(file.Full, error.File);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_without_tokens_is_named_with_its_line()
    {
        var train = _scratch.Write("train.csv", "1,a\n2,b\n1,a\n");
        var test = _scratch.Write("test.csv", "1,a\n2,b\n1,\u200b\n");
        var error = Assert.Throws<TaskDataException>(() => Made.Classification(new()
        {
            Train = train,
            Test = test,
            Tokenizer = new("none", new(), _ => new NoTokens()),
            ValidationRows = 1,
        }));
        Assert.Contains("no tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_checksum_names_both_sums()
    {
        var error = Assert.Throws<TaskDataException>(() => Made.Classification(AgNews() with { Sha256 = new() { Test = new string('0', 64) } }));
        Assert.Contains("a0687337e1d12c4c6e06e96e5ffaf0cdbfc59a2a20614bd7598a4f4b167b6eec", error.Message, StringComparison.Ordinal);
        Assert.Contains(new string('0', 64), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_gzip_file_and_text_that_is_not_UTF8_are_named()
    {
        var good = _scratch.Write("good.csv", "1,a\n2,b\n1,c\n");
        File.WriteAllText(_scratch.Path("plain.csv.gz").Full, "1,a\n");
        Assert.Contains("gzip", Fails(_scratch.Path("plain.csv.gz")).Message, StringComparison.Ordinal);
        Assert.Contains("UTF-8", Fails(_scratch.Write("latin.csv", [(byte)'1', (byte)',', 0xE9, (byte)'\n'])).Message, StringComparison.Ordinal);
        Assert.Contains("no rows", Fails(_scratch.Write("empty.csv", "\n")).Message, StringComparison.Ordinal);
        Assert.Contains("single label", Fails(_scratch.Write("one.csv", "1,a\n1,b\n")).Message, StringComparison.Ordinal);

        TaskDataException Fails(Components.FilePath train) =>
            Assert.Throws<TaskDataException>(() => Made.Classification(new() { Train = train, Test = good, Tokenizer = Made.Bytes, ValidationRows = 1 }));
    }

    [Fact]
    public void A_validation_cut_that_leaves_nothing_is_refused()
    {
        var rows = _scratch.Write("rows.csv", "1,a\n2,b\n");
        var error = Assert.Throws<TaskDataException>(() => Made.Classification(new() { Train = rows, Test = rows, Tokenizer = Made.Bytes, ValidationRows = 2 }));
        Assert.Contains("validationRows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_do_not_go_together_are_refused()
    {
        Assert.Throws<ValidationException>(() => Made.Classification(AgNews() with { Labels = ["a", "b", "c", "d"] }));
        Assert.Throws<ValidationException>(() => Made.Classification(AgNews() with { Validation = Tree.Data("ag_news/test.csv.gz") }));
        Assert.Throws<ValidationException>(() => Made.Classification(AgNews() with { LabelsFile = null, Labels = ["a"] }));
        Assert.Throws<ValidationException>(() => Made.Classification(AgNews() with { MaxLength = 0 }));
    }

    private static TextClassificationOptions AgNews() => new()
    {
        Train = Tree.Data("ag_news/train_subset.csv.gz"),
        Test = Tree.Data("ag_news/test.csv.gz"),
        LabelsFile = Tree.Data("ag_news/classes.txt"),
        TextColumns = ["1", "2"],
        Tokenizer = Made.Words(new() { LowerCase = true, MaxVocabulary = 20_000 }),
        ValidationRows = 2_000,
    };

    private sealed class NoTokens : ITokenizer
    {
        public int Vocabulary => 1;

        public void Fit(IEnumerable<string> texts)
        {
        }

        public long[] Encode(string text) => [];

        public string Decode(IReadOnlyList<long> ids) => "";

        public void Save(Stream stream)
        {
        }

        public void Load(Stream stream)
        {
        }
    }
}
