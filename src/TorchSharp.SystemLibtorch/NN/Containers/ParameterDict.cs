using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Parameters by name, in the order they were added.</summary>
    public class ParameterDict : torch.nn.Module, IDictionary<string, Parameter>, IReadOnlyList<(string, Parameter)>
    {
        private readonly OrderedDictionary<string, Parameter> _items = [];

        public ParameterDict() : base(nameof(ParameterDict))
        {
        }

        public int Count => _items.Count;

        public bool IsReadOnly => false;

        public ICollection<string> Keys => _items.Keys;

        public ICollection<Parameter> Values => _items.Values;

        public Parameter this[string key]
        {
            get => _items[key];
            set
            {
                _items[key] = value;
                Register();
            }
        }

        public (string, Parameter) this[int index]
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

        public IEnumerable<Parameter> values() => _items.Values;

        public IEnumerator<(string, Parameter)> items() => GetEnumerator();

        public void Add(string key, Parameter value)
        {
            register_parameter(key, value);
            _items.Add(key, value);
        }

        public void Add((string, Parameter) item) => Add(item.Item1, item.Item2);

        public bool Remove(string key)
        {
            var removed = _items.Remove(key);
            Register();
            return removed;
        }

        public void clear()
        {
            _items.Clear();
            _internal_params.Clear();
        }

        public void Clear() => clear();

        public bool ContainsKey(string key) => _items.ContainsKey(key);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out Parameter value) => _items.TryGetValue(key, out value);

        public IEnumerator<(string, Parameter)> GetEnumerator()
        {
            foreach (var (key, value) in _items)
                yield return (key, value);
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        IEnumerator<KeyValuePair<string, Parameter>> IEnumerable<KeyValuePair<string, Parameter>>.GetEnumerator() => _items.GetEnumerator();

        void ICollection<KeyValuePair<string, Parameter>>.Add(KeyValuePair<string, Parameter> item) => Add(item.Key, item.Value);

        bool ICollection<KeyValuePair<string, Parameter>>.Contains(KeyValuePair<string, Parameter> item) =>
            TryGetValue(item.Key, out var value) && ReferenceEquals(value, item.Value);

        bool ICollection<KeyValuePair<string, Parameter>>.Remove(KeyValuePair<string, Parameter> item) =>
            ((ICollection<KeyValuePair<string, Parameter>>)this).Contains(item) && Remove(item.Key);

        void ICollection<KeyValuePair<string, Parameter>>.CopyTo(KeyValuePair<string, Parameter>[] array, int arrayIndex) =>
            ((ICollection<KeyValuePair<string, Parameter>>)_items).CopyTo(array, arrayIndex);

        protected override void RegisterComponents()
        {
            // items register as they are added
        }

        private void Register()
        {
            _internal_params.Clear();
            foreach (var (key, value) in _items)
                register_parameter(key, value);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ParameterDict ParameterDict(params (string, Parameter)[] parameters)
            {
                var dictionary = new ParameterDict();
                foreach (var (key, parameter) in parameters)
                    dictionary.Add(key, parameter);
                return dictionary;
            }
        }
    }
}
