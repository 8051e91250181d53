namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Something that can be called with an input.</summary>
        public interface IModule<in T, out TResult>
        {
            TResult call(T input1);
        }

        /// <summary>A module of one input. A pre-hook returns the input to go on with.</summary>
        public abstract class Module<T, TResult>(string name)
            : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>(name), IModule<T, TResult>
        {
            public abstract TResult forward(T input);

            /// <summary>Pre-hooks, <see cref="forward"/>, post-hooks.</summary>
            public TResult call(T input)
            {
                if (!HasHooks)
                    return forward(input);

                BeforeForward();
                foreach (var hook in PreHooks)
                    input = hook(this, input);
                var result = forward(input);
                foreach (var hook in PostHooks)
                    result = hook(this, input, result);
                AfterForward();
                return result;
            }
        }
    }
}
