using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

// What became of a native call. An exception that a managed callback threw comes back as that very object.
internal static unsafe class Failure
{
    internal const int Managed = -2;

    /// <summary>Passes a status on, or throws; <paramref name="what"/> names the operation in the message.</summary>
    internal static int Check(int status, string what) => status >= 0 ? status : throw Exception(status, what);

    /// <summary>The exception for a status below zero. The exception of a callback is thrown here, not returned, to keep its stack trace.</summary>
    internal static Exception Exception(int status, string what)
    {
        if (status == Managed)
        {
            var thrown = (Exception)GCHandle.FromIntPtr(Native.sequence_error_exception()).Target!;
            Native.sequence_error_clear();
            ExceptionDispatchInfo.Throw(thrown);
        }

        var text = Text(Native.sequence_error_text());
        Native.sequence_error_clear();
        return new TorchException(what, FirstLines(text));
    }

    internal static string Text(byte* utf8) => Marshal.PtrToStringUTF8((IntPtr)utf8) ?? "";

    // libtorch appends where in its own source, and often a C++ stack
    private static string FirstLines(string text)
    {
        ReadOnlySpan<string> ends = ["\nException raised from", "\nframe #", "\n\nCPU: registered at", "\nCPU: registered at"];
        foreach (var end in ends)
        {
            var at = text.IndexOf(end, StringComparison.Ordinal);
            if (at > 0)
                text = text[..at];
        }

        return text.Trim();
    }
}
