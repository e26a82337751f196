use std::pin::pin;
use std::task::Poll;

/// Which of two futures was ready first.
#[derive(Debug)]
pub(crate) enum First<A, B> {
    One(A),
    Other(B),
}

/// Waits for the first of two; when both are ready it is `one`. What is not ready is dropped.
///
/// A wait that begins here has to be `one`: a clock that jumps to where something happens must know
/// of it before it is asked for something later.
pub(crate) async fn first<A, B>(
    one: impl Future<Output = A>,
    other: impl Future<Output = B>,
) -> First<A, B> {
    let mut one = pin!(one);
    let mut other = pin!(other);
    std::future::poll_fn(|cx| {
        if let Poll::Ready(value) = one.as_mut().poll(cx) {
            return Poll::Ready(First::One(value));
        }
        other.as_mut().poll(cx).map(First::Other)
    })
    .await
}
