namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module whose <c>call</c> can be observed and changed from outside. Hooks run for <c>call</c> only, in order of registration.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
            where TPreHook : Delegate
            where TPostHook : Delegate
        {
            private readonly List<Delegate> _hooksBefore = [];
            private readonly List<Delegate> _hooksAfter = [];

            protected HookableModule(string name) : base(name)
            {
            }

            private protected bool HasHooks => _hooksBefore.Count + _hooksAfter.Count > 0;

            // copies: a hook may remove itself
            private protected IReadOnlyList<TPreHook> PreHooks => [.. _hooksBefore.OfType<TPreHook>()];

            private protected IReadOnlyList<TPostHook> PostHooks => [.. _hooksAfter.OfType<TPostHook>()];

            public HookRemover register_forward_pre_hook(TPreHook hook) => Register(_hooksBefore, hook);

            public HookRemover register_forward_hook(TPostHook hook) => Register(_hooksAfter, hook);

            public HookRemover register_forward_pre_hook(Action<Module> hook) => Register(_hooksBefore, hook);

            public HookRemover register_forward_hook(Action<Module> hook) => Register(_hooksAfter, hook);

            private protected void BeforeForward() => Notify(_hooksBefore);

            private protected void AfterForward() => Notify(_hooksAfter);

            private void Notify(List<Delegate> hooks)
            {
                foreach (var hook in hooks.OfType<Action<Module>>().ToArray())
                    hook(this);
            }

            private static HookRemover Register(List<Delegate> hooks, Delegate hook)
            {
                hooks.Add(hook);
                return new HookRemover(hooks, hook);
            }

            /// <summary>Takes its hook out again.</summary>
            public class HookRemover
            {
                private readonly List<Delegate> _hooks;
                private readonly Delegate _hook;

                internal HookRemover(List<Delegate> hooks, Delegate hook) => (_hooks, _hook) = (hooks, hook);

                public void remove() => _hooks.Remove(_hook);
            }
        }
    }
}
