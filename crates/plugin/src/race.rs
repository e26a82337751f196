use std::pin::pin;
use std::task::Poll;

/// Which of two futures was ready first.
#[derive(Debug)]
pub enum First<A, B> {
    /// The first.
    One(A),
    /// The second.
    Other(B),
}

/// Waits for the first of two: what a source does that listens to a device and to a clock. When
/// both are ready it is `one`. What is not ready is dropped; transports are made so that nothing is
/// lost with it.
///
/// A wait that begins here has to be `one`: a clock that jumps to where something happens must know
/// of it before it is asked for something later.
///
/// ```
/// use pipeline_plugin::{First, block_on, first};
///
/// let ready = std::future::ready(7);
/// let never = std::future::pending::<()>();
/// assert!(matches!(block_on(first(ready, never)), First::One(7)));
/// ```
pub async fn first<A, B>(
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
