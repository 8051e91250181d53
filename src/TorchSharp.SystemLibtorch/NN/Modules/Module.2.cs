namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Something that can be called with two inputs.</summary>
        public interface IModule<in T1, in T2, out TResult>
        {
            TResult call(T1 input1, T2 input2);
        }

        /// <summary>A module of two inputs. A pre-hook returns the inputs to go on with, or null to leave them.</summary>
        public abstract class Module<T1, T2, TResult>(string name)
            : HookableModule<Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?>, Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult>>(name), IModule<T1, T2, TResult>
        {
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>Pre-hooks, <see cref="forward"/>, post-hooks.</summary>
            public TResult call(T1 input1, T2 input2)
            {
                if (!HasHooks)
                    return forward(input1, input2);

                BeforeForward();
                foreach (var hook in PreHooks)
                {
                    if (hook(this, input1, input2) is { } changed)
                        (input1, input2) = changed;
                }
                var result = forward(input1, input2);
                foreach (var hook in PostHooks)
                    result = hook(this, input1, input2, result);
                AfterForward();
                return result;
            }
        }
    }
}
