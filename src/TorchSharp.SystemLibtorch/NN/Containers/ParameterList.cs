using System.Collections;
using System.Globalization;
using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Parameters by position, registered as <c>0</c>, <c>1</c>, ...</summary>
    public class ParameterList : torch.nn.Module, IList<Parameter>
    {
        private readonly List<Parameter> _items = [];

        public ParameterList(params Parameter[] parameters) : base(nameof(ParameterList)) => extend(parameters);

        public int Count => _items.Count;

        public bool IsReadOnly => false;

        public Parameter this[int index]
        {
            get => _items[index];
            set
            {
                _items[index] = value;
                Renumber();
            }
        }

        public void Add(Parameter item)
        {
            register_parameter(Name(_items.Count), item);
            _items.Add(item);
        }

        public void append(params Parameter[] parameters) => extend(parameters);

        public void extend(IEnumerable<Parameter> parameters)
        {
            foreach (var parameter in parameters)
                Add(parameter);
        }

        public void Insert(int index, Parameter item)
        {
            _items.Insert(index, item);
            Renumber();
        }

        public bool Remove(Parameter item)
        {
            var index = IndexOf(item);
            if (index < 0)
                return false;
            RemoveAt(index);
            return true;
        }

        public void RemoveAt(int index)
        {
            _items.RemoveAt(index);
            Renumber();
        }

        public void Clear()
        {
            _items.Clear();
            _internal_params.Clear();
        }

        public bool Contains(Parameter item) => IndexOf(item) >= 0;

        // by identity: equality of tensors compares their values
        public int IndexOf(Parameter item) => _items.FindIndex(candidate => ReferenceEquals(candidate, item));

        public void CopyTo(Parameter[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

        public IEnumerator<Parameter> GetEnumerator() => _items.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        protected override void RegisterComponents()
        {
            // items register as they are added
        }

        private void Renumber()
        {
            _internal_params.Clear();
            for (var i = 0; i < _items.Count; i++)
                register_parameter(Name(i), _items[i]);
        }

        private static string Name(int index) => index.ToString(CultureInfo.InvariantCulture);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ParameterList ParameterList(params Parameter[] parameters) => new(parameters);
        }
    }
}
