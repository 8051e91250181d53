using static TorchSharp.torch;

namespace TorchSharp.Tests.Core;

public sealed class DisposeScopeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it()
    {
        Tensor inside;
        using (NewDisposeScope())
            inside = Some.Normal(2);
        Assert.True(inside.IsInvalid);
    }

    [Fact]
    public void A_tensor_moved_out_lives_until_the_outer_scope_ends()
    {
        Tensor moved;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
                moved = Some.Normal(2).MoveToOuterDisposeScope();
            Assert.False(moved.IsInvalid);
            Assert.True(outer.Contains(moved));
        }

        Assert.True(moved.IsInvalid);
    }

    [Fact]
    public void Without_an_outer_scope_moving_out_detaches()
    {
        Tensor moved;
        using (NewDisposeScope())
            moved = Some.Normal(2).MoveToOuterDisposeScope();
        Assert.False(moved.IsInvalid);
        moved.Dispose();
    }

    [Fact]
    public void A_detached_tensor_belongs_to_no_scope()
    {
        Tensor detached;
        using (var scope = NewDisposeScope())
        {
            detached = scope.Detach(Some.Normal(2));
            Assert.False(scope.Contains(detached));
        }

        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void A_tensor_leaves_its_scope_by_itself_or_joins_anothers()
    {
        using var outer = NewDisposeScope();
        var outside = Some.Normal(2);
        Tensor detached, joined;
        using (NewDisposeScope())
        {
            detached = Some.Normal(2).DetachFromDisposeScope();
            joined = Some.Normal(2).MoveToOtherDisposeScope(outside);
        }

        Assert.False(detached.IsInvalid);
        Assert.False(joined.IsInvalid);
        outer.Dispose();
        Assert.True(joined.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void Everything_but_what_is_kept_goes()
    {
        using var scope = NewDisposeScope();
        var (gone, kept, alsoGone) = (Some.Normal(1), Some.Normal(2), Some.Normal(3));
        Assert.Same(kept, scope.DisposeEverythingBut(kept));
        Assert.True(gone.IsInvalid && alsoGone.IsInvalid);
        Assert.False(kept.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void A_tensor_disposed_by_hand_leaves_its_scope()
    {
        using var scope = NewDisposeScope();
        var (first, second, third) = (Some.Normal(1), Some.Normal(2), Some.Normal(3));
        first.Dispose();
        first.Dispose();
        Assert.Equal([third, second], scope.DisposablesView, ReferenceEqualityComparer.Instance);
    }

    [Fact]
    public void The_current_scope_is_the_innermost_of_this_thread()
    {
        var before = CurrentDisposeScope;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
                Assert.Same(inner, CurrentDisposeScope);
            Assert.Same(outer, CurrentDisposeScope);
        }

        Assert.Same(before, CurrentDisposeScope);
    }

    [Fact]
    public void Ending_scopes_out_of_order_leaves_the_right_one_current()
    {
        var before = CurrentDisposeScope;
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        outer.Dispose();
        Assert.Same(inner, CurrentDisposeScope);
        inner.Dispose();
        Assert.Same(before, CurrentDisposeScope);
    }

    [Fact]
    public async Task A_tensor_of_another_thread_is_not_caught()
    {
        using var scope = NewDisposeScope();
        var other = await OnAnotherThread(() => Some.Normal(2));
        Assert.False(scope.Contains(other));
        scope.Attach(other);
        Assert.True(scope.Contains(other));
    }

    [Fact]
    public async Task Disposing_on_another_thread_is_safe_while_the_scope_is_used()
    {
        using var scope = NewDisposeScope();
        var tensors = Enumerable.Range(0, 1000).Select(_ => Some.Normal(1)).ToArray();
        var disposal = OnAnotherThread(() =>
        {
            foreach (var tensor in tensors)
                tensor.Dispose();
            return true;
        });
        for (var i = 0; i < 1000; i++)
            Some.Normal(1);
        Assert.True(await disposal);
        Assert.Equal(1000, scope.DisposablesCount);
    }

    [Fact]
    public void An_exception_ends_the_scope_too()
    {
        Tensor? inside = null;
        Assert.Throws<TorchException>(() =>
        {
            using var scope = NewDisposeScope();
            inside = Some.Normal(2, 3);
            Some.Matmul.Call(inside, inside);
        });
        Assert.True(inside!.IsInvalid);
    }

    [Fact]
    public void Other_disposables_are_disposed_with_the_scope()
    {
        var disposed = new MemoryStream();
        var kept = new MemoryStream();
        using (var scope = NewDisposeScope())
        {
            scope.Attach(disposed, kept);
            scope.Detach(kept);
        }

        Assert.False(disposed.CanRead);
        Assert.True(kept.CanRead);
    }

    [Fact]
    public void A_wrapped_expression_keeps_its_result_alone()
    {
        using var outer = NewDisposeScope();
        Tensor? between = null;
        var result = WrappedTensorDisposeScope(() => Some.Exp.Call(between = Some.Normal(2)));
        Assert.True(between!.IsInvalid);
        Assert.Same(result, Assert.Single(outer.DisposablesView));
    }

    private static Task<T> OnAnotherThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
