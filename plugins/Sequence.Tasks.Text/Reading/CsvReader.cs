using System.Text;

namespace Sequence.Tasks.Text.Reading;

/// <summary>
/// Records of a CSV text as RFC 4180 has them: fields parted by commas; a quoted field may hold commas, line ends and doubled quotes.
/// Lines end in LF or CRLF; empty lines are skipped; every record has as many fields as the first.
/// </summary>
/// <param name="reader">The text.</param>
/// <param name="file">Its file, for errors.</param>
internal sealed class CsvReader(TextReader reader, string file)
{
    private readonly StringBuilder _field = new();
    private long _here = 1;
    private int _width;

    /// <summary>The line on which the last record begins, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The next record; null after the last.</summary>
    /// <exception cref="TaskDataException">A quote is out of place or never closed, or the number of fields differs from the first record's.</exception>
    public string[]? Read()
    {
        while (SkipLineEnd()) { }
        if (reader.Peek() < 0)
            return null;

        Line = _here;
        var fields = new List<string>(_width);
        do
            fields.Add(ReadField());
        while (SkipComma());

        if (!SkipLineEnd() && reader.Peek() >= 0)
            throw new TaskDataException(file, _here, "text follows a closing quote; a quote inside a quoted field is written twice (\"\").");

        if (_width == 0)
            _width = fields.Count;
        else if (fields.Count != _width)
            throw new TaskDataException(file, Line, $"{fields.Count} fields where the first record has {_width}.");

        return [.. fields];
    }

    private string ReadField()
    {
        _field.Clear();
        if (reader.Peek() == '"')
            ReadQuoted();
        else
            ReadPlain();
        return _field.ToString();
    }

    private void ReadQuoted()
    {
        var opened = _here;
        reader.Read();
        while (true)
        {
            var next = reader.Read();
            if (next < 0)
                throw new TaskDataException(file, opened, "a quoted field is opened here and never closed.");

            if (next == '"')
            {
                if (reader.Peek() != '"')
                    return;
                reader.Read();
            }
            else if (next == '\n')
            {
                _here++;
            }

            _field.Append((char)next);
        }
    }

    private void ReadPlain()
    {
        while (reader.Peek() is var next and >= 0 and not ',' and not '\n' and not '\r')
        {
            if (next == '"')
                throw new TaskDataException(file, _here, "a quote inside a field that does not begin with one; quote the whole field and write the inner quote twice (\"\").");
            _field.Append((char)reader.Read());
        }
    }

    private bool SkipComma()
    {
        if (reader.Peek() != ',')
            return false;
        reader.Read();
        return true;
    }

    private bool SkipLineEnd()
    {
        var skipped = false;
        if (reader.Peek() == '\r')
        {
            reader.Read();
            skipped = true;
        }

        if (reader.Peek() == '\n')
        {
            reader.Read();
            skipped = true;
        }

        if (skipped)
            _here++;
        return skipped;
    }
}
