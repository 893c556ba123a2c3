using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Rewt.Internal;

/// <summary>
/// A proxy of an in-memory store. While a test simulates an outage, every asynchronous method throws. Otherwise the proxy calls the store.
/// </summary>
/// <typeparam name="T">The interface of the store.</typeparam>
[SuppressMessage("Performance", "CA1852", Justification = "DispatchProxy derives a class from this one.")]
internal class OutageStore<T> : DispatchProxy
    where T : class
{
    private T _store = null!;
    private Outage _outage = null!;

    public static T Of(T store, Outage outage)
    {
        var proxy = Create<T, OutageStore<T>>();
        ((OutageStore<T>)(object)proxy)._store = store;
        ((OutageStore<T>)(object)proxy)._outage = outage;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.ReturnType.IsAssignableTo(typeof(Task))) _outage.Check();
        var result = targetMethod.Invoke(_store, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
        return targetMethod.ReturnType == typeof(ITenantStore) && result is ITenantStore tenants ? OutageStore<ITenantStore>.Of(tenants, _outage) : result;
    }
}
