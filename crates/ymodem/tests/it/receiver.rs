//! What the receiver does when things go wrong, one case each.

use std::time::Duration;

use ymodem::{Error, Event, ReceiveOptions, Timers};

use crate::support::{ACK, Bench, CAN, EOT, NAK, NOTHING, block, header};

fn failed(bench: &Bench) -> &Error {
    let Some(Event::Failed(error)) = &bench.end else {
        panic!("{:?}", bench.end);
    };
    assert_eq!(bench.receiver.poll_timeout(), None, "nothing to wait for");
    error
}

#[test]
fn an_empty_file_ends_at_once() {
    let mut bench = Bench::named(0);
    bench.close();
    assert_eq!(bench.content, NOTHING);
}

#[test]
fn a_file_of_whole_blocks_has_no_rest() {
    let mut bench = Bench::named(256);
    assert_eq!(bench.feed(&block(1, &[7; 128])), [ACK]);
    assert_eq!(bench.feed(&block(2, &[8; 128])), [ACK]);
    bench.close();
    assert_eq!(bench.content, [[7; 128], [8; 128]].concat());
}

#[test]
fn sizes_may_be_mixed() {
    let mut bench = Bench::named(1024 + 30);
    assert_eq!(bench.feed(&block(1, &[7; 1024])), [ACK]);
    assert_eq!(bench.feed(&block(2, &[8; 30])), [ACK]);
    bench.close();
    assert_eq!(bench.content.len(), 1054);
}

#[test]
fn numbers_wrap_after_255() {
    let content: Vec<u8> = (0_u32..600 * 128)
        .map(|i| (i / 128).to_le_bytes()[0] ^ 0x5A)
        .collect();
    let mut bench = Bench::named(content.len());
    for (data, number) in content.chunks(128).zip(1..) {
        assert_eq!(bench.feed(&block(number, data)), [ACK]);
    }
    bench.close();
    assert_eq!(bench.content, content);
}

/// Two clients store a repeated block twice, one of them without a word.
#[test]
fn a_repeated_block_is_acknowledged_and_stored_once() {
    let mut bench = Bench::named(300);
    for number in 1..=3 {
        let data = [number; 128];
        for _ in 0..3 {
            assert_eq!(bench.feed(&block(number.into(), &data)), [ACK]);
        }
    }
    bench.close();
    assert_eq!(bench.content, [&[1; 128][..], &[2; 128], &[3; 44]].concat());
}

#[test]
fn a_repeated_block_0_is_answered_like_the_first() {
    let mut bench = Bench::named(10);
    assert_eq!(bench.feed(&header("ride.fit", 10)), [ACK, b'C']);
    assert_eq!(bench.feed(&block(1, &[1; 10])), [ACK]);
    bench.close();
}

/// Number 0 comes again after 255 blocks; it doesn't name a file then.
#[test]
fn a_repeated_block_256_is_no_block_0() {
    let mut bench = Bench::named(257 * 128);
    for number in 1..=256 {
        assert_eq!(bench.feed(&block(number, &[7; 128])), [ACK]);
    }
    assert_eq!(bench.feed(&block(256, &[7; 128])), [ACK]);
    assert_eq!(bench.feed(&block(257, &[7; 128])), [ACK]);
    bench.close();
    assert_eq!(bench.content.len(), 257 * 128);
}

#[test]
fn another_block_under_the_last_number_is_no_repetition() {
    let mut bench = Bench::named(300);
    bench.feed(&block(1, &[1; 128]));
    assert_eq!(bench.feed(&block(1, &[2; 128])), NOTHING);
    assert_eq!(
        failed(&bench),
        &Error::Sequence {
            found: 1,
            expected: 2
        }
    );
}

#[test]
fn a_lost_block_breaks_the_transfer() {
    let mut bench = Bench::named(600);
    bench.feed(&block(1, &[1; 128]));
    assert_eq!(bench.feed(&block(3, &[3; 128])), NOTHING);
    assert_eq!(
        failed(&bench),
        &Error::Sequence {
            found: 3,
            expected: 2
        }
    );
}

#[test]
fn a_corrupt_block_is_asked_for_after_200_ms_of_quiet() {
    for place in [0, 1, 2, 3, 77, 130, 131, 132] {
        let mut bench = Bench::named(100);
        let sound = block(1, &[1; 100]);
        let mut corrupt = sound.clone();
        corrupt[place] ^= 0x40;
        assert_eq!(bench.feed(&corrupt[..20]), NOTHING);
        assert_eq!(bench.feed(&corrupt[20..]), NOTHING);
        // The quiet begins anew with everything that comes.
        assert_eq!(bench.pass_ms(199), NOTHING);
        assert_eq!(bench.feed(&[7; 20]), NOTHING);
        assert_eq!(bench.pass_ms(199), NOTHING);
        assert_eq!(bench.pass_ms(1), [NAK], "byte {place}");
        assert_eq!(bench.feed(&sound), [ACK]);
        bench.close();
        assert_eq!(bench.content, [1; 100]);
    }
}

/// A first byte of 41 instead of 01 can't be a block, one of 02 makes it a longer one: its end
/// is missing.
#[test]
fn a_short_block_that_says_it_is_long_times_out() {
    let mut bench = Bench::named(100);
    let mut corrupt = block(1, &[1; 100]);
    corrupt[0] = 2;
    assert_eq!(bench.feed(&corrupt), NOTHING);
    assert_eq!(bench.pass_ms(999), NOTHING);
    assert_eq!(bench.pass_ms(1), [NAK]);
    assert_eq!(bench.feed(&block(1, &[1; 100])), [ACK]);
    bench.close();
}

#[test]
fn a_corrupt_block_0_is_asked_for_again() {
    let mut bench = Bench::new(ReceiveOptions::default());
    bench.drain();
    let mut corrupt = header("ride.fit", 5);
    corrupt[10] ^= 1;
    assert_eq!(bench.feed(&corrupt), NOTHING);
    assert_eq!(bench.pass_ms(200), [NAK]);
    assert_eq!(bench.feed(&header("ride.fit", 5)), [ACK, b'C']);
    assert_eq!(bench.file, Some(("ride.fit".to_owned(), 5)));
}

#[test]
fn a_lost_fragment_is_noticed_after_a_second() {
    let mut bench = Bench::named(100);
    let sound = block(1, &[1; 100]);
    for (fragment, index) in sound.chunks(20).zip(0..) {
        if index != 3 {
            assert_eq!(bench.feed(fragment), NOTHING);
        }
    }
    assert_eq!(bench.pass_ms(1000), [NAK]);
    assert_eq!(bench.feed(&sound), [ACK]);
    bench.close();
}

/// The vendor's sender gives up after five seconds: NAK has to come before.
#[test]
fn a_block_that_does_not_begin_is_asked_for_after_3_s_and_5_times() {
    let mut bench = Bench::named(300);
    bench.feed(&block(1, &[1; 128]));
    for _ in 0..5 {
        assert_eq!(bench.pass_ms(2999), NOTHING);
        assert_eq!(bench.pass_ms(1), [NAK]);
    }
    assert_eq!(bench.pass_ms(3000), NOTHING);
    assert_eq!(failed(&bench), &Error::Retries { block: 2, tries: 5 });
}

/// Before the first block of data, ACK or `C` may be what was lost.
#[test]
fn the_first_block_of_data_is_asked_for_in_both_ways() {
    let mut bench = Bench::named(300);
    assert_eq!(bench.pass_ms(1500), b"C");
    assert_eq!(bench.pass_ms(1500), [NAK]);
    assert_eq!(bench.pass_ms(1500), b"C");
    assert_eq!(bench.feed(&block(1, &[1; 128])), [ACK]);
}

#[test]
fn nobody_there() {
    let mut bench = Bench::new(ReceiveOptions::default());
    assert_eq!(bench.drain(), b"C");
    assert_eq!(bench.pass_ms(15_000), b"CCCCC");
    assert_eq!(bench.pass_ms(3_000), NOTHING);
    assert_eq!(failed(&bench), &Error::NotBegun(5));
}

#[test]
fn garbage_between_blocks_is_waited_out() {
    let mut bench = Bench::named(100);
    assert_eq!(bench.feed(b"garbage"), NOTHING);
    assert_eq!(bench.feed(&block(1, &[1; 100])), NOTHING, "not quiet yet");
    assert_eq!(bench.pass_ms(200), [NAK]);
    assert_eq!(bench.feed(&block(1, &[1; 100])), [ACK]);
    bench.close();
}

/// Endless garbage doesn't keep a transfer alive, however it is mixed with repeated blocks.
#[test]
fn no_progress_for_30_s_ends_the_transfer() {
    for packet in [vec![0xFF; 20], header("ride.fit", 100)] {
        let mut bench = Bench::named(100);
        for _ in 0..299 {
            bench.pass_ms(100);
            bench.feed(&packet);
            assert_eq!(bench.end, None);
        }
        bench.pass_ms(100);
        assert_eq!(failed(&bench), &Error::Stalled { received: 0 });
    }
}

#[test]
fn an_end_before_the_last_byte_is_an_error() {
    let mut bench = Bench::named(300);
    bench.feed(&block(1, &[1; 128]));
    assert_eq!(bench.feed(&[EOT]), NOTHING);
    let error = failed(&bench);
    assert_eq!(
        error,
        &Error::EndedEarly {
            received: 128,
            size: 300
        }
    );
    assert_eq!(
        error.to_string(),
        "the transfer ended after 128 of 300 bytes"
    );
}

#[test]
fn a_block_after_the_last_byte_is_an_error() {
    let mut bench = Bench::named(128);
    bench.feed(&block(1, &[1; 128]));
    assert_eq!(bench.feed(&block(2, &[1; 128])), NOTHING);
    assert_eq!(failed(&bench), &Error::TooLong { size: 128 });
}

/// Seen on G+ Gen 1: the first EOT may be very late, and a NAK would disturb.
#[test]
fn a_late_end_is_waited_for_without_a_word() {
    let mut bench = Bench::named(100);
    bench.feed(&block(1, &[1; 100]));
    assert_eq!(bench.pass_ms(9_999), NOTHING);
    bench.close();
}

/// All bytes are here: the file is whole also without leave-taking.
#[test]
fn an_end_that_never_comes_does_not_cost_the_file() {
    let mut bench = Bench::named(100);
    bench.feed(&block(1, &[1; 100]));
    assert_eq!(bench.pass_ms(10_000), NOTHING);
    assert_eq!(bench.end, Some(Event::Done { closed: false }));
    assert_eq!(bench.content, [1; 100]);
}

#[test]
fn a_second_end_that_does_not_come_is_asked_for() {
    let mut bench = Bench::named(0);
    bench.feed(&[EOT]);
    assert_eq!(bench.pass_ms(100), [NAK]);
    assert_eq!(bench.pass_ms(3_000), [NAK]);
    bench.feed(&[EOT]);
    assert_eq!(bench.pass_ms(100), [ACK]);
    assert_eq!(bench.end, Some(Event::Done { closed: true }));
    let mut bench = Bench::named(0);
    bench.feed(&[EOT]);
    assert_eq!(bench.pass_ms(100 + 5 * 3_000), [NAK; 6]);
    bench.pass_ms(3_000);
    assert_eq!(bench.end, Some(Event::Done { closed: false }));
}

#[test]
fn repeated_ends_are_one() {
    let mut bench = Bench::named(0);
    for _ in 0..3 {
        assert_eq!(bench.feed(&[EOT]), NOTHING);
    }
    assert_eq!(bench.pass_ms(100), [NAK]);
}

#[test]
fn the_last_block_again_instead_of_the_end() {
    let mut bench = Bench::named(100);
    bench.feed(&block(1, &[1; 100]));
    assert_eq!(bench.feed(&block(1, &[1; 100])), [ACK]);
    bench.close();
    assert_eq!(bench.content.len(), 100);
}

#[test]
fn cancelled_by_the_sender() {
    let mut bench = Bench::named(100);
    assert_eq!(bench.feed(&[CAN]), NOTHING);
    assert_eq!(bench.end, None, "one is not enough");
    bench.pass_ms(200);
    assert_eq!(bench.feed(&[CAN, CAN]), NOTHING);
    assert_eq!(failed(&bench), &Error::Cancelled);
}

/// The device says on its command channel that it is idle.
#[test]
fn after_a_hang_up_nothing_is_asked_for() {
    let mut bench = Bench::named(300);
    bench.feed(&block(1, &[1; 128]));
    bench.receiver.handle_hangup(bench.now);
    // It may have been the leftover of something else: blocks go on.
    assert_eq!(bench.feed(&block(2, &[1; 128])), [ACK]);
    bench.receiver.handle_hangup(bench.now);
    assert_eq!(bench.pass_ms(3_000), NOTHING);
    assert_eq!(
        failed(&bench),
        &Error::EndedEarly {
            received: 256,
            size: 300
        }
    );
}

#[test]
fn a_hang_up_after_the_last_byte_shortens_the_wait() {
    let mut bench = Bench::named(100);
    bench.feed(&block(1, &[1; 100]));
    bench.receiver.handle_hangup(bench.now);
    assert_eq!(bench.pass_ms(1_000), NOTHING);
    assert_eq!(bench.end, Some(Event::Done { closed: false }));
}

#[test]
fn block_0_without_a_size_or_a_name_is_refused() {
    for data in [
        "ride.fit",
        "ride.fit ",
        " 300",
        "ride.fit 3x0",
        "ride.fit -3",
        "",
        "\x00300",
    ] {
        let mut bench = Bench::new(ReceiveOptions::default());
        bench.drain();
        bench.feed(&block(0, data.as_bytes()));
        let Error::Header(_) = failed(&bench) else {
            panic!("{data:?}: {:?}", bench.end);
        };
    }
    let mut bench = Bench::new(ReceiveOptions::default());
    bench.feed(&block(0, b"\x1b[2Jride.fit 99999999999999999999999"));
    assert_eq!(
        failed(&bench).to_string(),
        r"the first block names no file: `\x1b[2Jride.fit 99999999999999999999999`"
    );
}

#[test]
fn what_stands_behind_the_size_in_the_standards_dialect_is_ignored() {
    let mut bench = Bench::new(ReceiveOptions::default());
    bench.drain();
    let data = b"a ride.fit\x00300 13716322000 100644\0";
    assert_eq!(bench.feed(&block(0, data)), [ACK, b'C']);
    assert_eq!(bench.file, Some(("a ride.fit".to_owned(), 300)));
}

#[test]
fn a_file_beyond_the_limit_is_refused() {
    let mut bench = Bench::new(ReceiveOptions {
        limit: 1000,
        ..ReceiveOptions::default()
    });
    bench.drain();
    assert_eq!(bench.feed(&header("ride.fit", 1001)), NOTHING);
    assert_eq!(
        failed(&bench),
        &Error::TooLarge {
            size: 1001,
            limit: 1000
        }
    );
}

#[test]
fn a_leftover_of_an_earlier_transfer_does_not_begin_this_one() {
    let mut bench = Bench::new(ReceiveOptions::default());
    bench.drain();
    assert_eq!(bench.feed(&[EOT]), NOTHING);
    assert_eq!(bench.feed(&block(9, &[9; 128])), NOTHING);
    assert_eq!(bench.pass_ms(200), [NAK]);
    assert_eq!(bench.feed(&header("ride.fit", 5)), [ACK, b'C']);
}

#[test]
fn two_blocks_in_one_packet() {
    let mut bench = Bench::named(200);
    let both = [block(1, &[1; 128]), block(2, &[2; 72])].concat();
    assert_eq!(bench.feed(&both), [ACK, ACK]);
    bench.close();
    assert_eq!(bench.content.len(), 200);
}

/// Also where "never" is asked for, which is beyond what a clock can say.
#[test]
fn endless_timers_do_not_overflow() {
    let never = Duration::MAX;
    let timers = Timers {
        gap: never,
        block: never,
        quiet: never,
        ready: never,
        end: never,
        end_pause: Duration::ZERO,
        stall: never,
        answer: never,
    };
    let mut bench = Bench::new(ReceiveOptions {
        timers,
        ..ReceiveOptions::default()
    });
    assert_eq!(bench.receiver.poll_timeout(), None);
    bench.drain();
    bench.feed(&header("ride.fit", 0));
    assert_eq!(bench.feed(&[EOT]), [NAK], "no pause, no timer");
    assert_eq!(bench.feed(&[EOT]), [ACK]);
    assert_eq!(bench.end, Some(Event::Done { closed: true }));
}
