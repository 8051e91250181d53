using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Modules by name, in the order they were added.</summary>
    public class ModuleDict<T> : torch.nn.Module, IDictionary<string, T>, IReadOnlyList<(string, T)> where T : torch.nn.Module
    {
        private readonly OrderedDictionary<string, T> _items = [];

        public ModuleDict() : base(nameof(ModuleDict<>))
        {
        }

        public int Count => _items.Count;

        public bool IsReadOnly => false;

        public ICollection<string> Keys => _items.Keys;

        public ICollection<T> Values => _items.Values;

        public T this[string key]
        {
            get => _items[key];
            set
            {
                _items[key] = value;
                Register();
            }
        }

        public (string, T) this[int index]
        {
            get => (_items.GetAt(index).Key, _items.GetAt(index).Value);
            set
            {
                _items.RemoveAt(index);
                _items.Insert(index, value.Item1, value.Item2);
                Register();
            }
        }

        public IEnumerable<string> keys() => _items.Keys;

        public IEnumerable<T> values() => _items.Values;

        public IEnumerator<(string, T)> items() => GetEnumerator();

        public void Add(string key, T value)
        {
            register_module(key, value);
            _items.Add(key, value);
        }

        public void Add((string, T) item) => Add(item.Item1, item.Item2);

        public bool Remove(string key)
        {
            var removed = _items.Remove(key);
            Register();
            return removed;
        }

        public void clear()
        {
            _items.Clear();
            ClearModules();
        }

        public void Clear() => clear();

        public bool ContainsKey(string key) => _items.ContainsKey(key);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => _items.TryGetValue(key, out value);

        public IEnumerator<(string, T)> GetEnumerator()
        {
            foreach (var (key, value) in _items)
                yield return (key, value);
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() => _items.GetEnumerator();

        void ICollection<KeyValuePair<string, T>>.Add(KeyValuePair<string, T> item) => Add(item.Key, item.Value);

        bool ICollection<KeyValuePair<string, T>>.Contains(KeyValuePair<string, T> item) =>
            TryGetValue(item.Key, out var value) && EqualityComparer<T>.Default.Equals(value, item.Value);

        bool ICollection<KeyValuePair<string, T>>.Remove(KeyValuePair<string, T> item) =>
            ((ICollection<KeyValuePair<string, T>>)this).Contains(item) && Remove(item.Key);

        void ICollection<KeyValuePair<string, T>>.CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) =>
            ((ICollection<KeyValuePair<string, T>>)_items).CopyTo(array, arrayIndex);

        protected override void RegisterComponents()
        {
            // items register as they are added
        }

        private void Register()
        {
            ClearModules();
            foreach (var (key, value) in _items)
                register_module(key, value);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ModuleDict<Module> ModuleDict(params (string, Module)[] modules) => ModuleDict<Module>(modules);

            public static ModuleDict<T> ModuleDict<T>(params (string, T)[] modules) where T : Module
            {
                var dictionary = new ModuleDict<T>();
                foreach (var (key, module) in modules)
                    dictionary.Add(key, module);
                return dictionary;
            }
        }
    }
}
