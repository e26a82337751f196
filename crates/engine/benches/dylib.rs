//! What an idle transform in a library costs: samples with a time and twelve quantities go over
//! the border and come back, in batches of several sizes.
//!
//! `c` passes the item on; `rust` is a library made with the SDK, which unpacks every batch and
//! packs it again (the example `power-smoothing`, on samples without power). `none` is the same
//! loop without a plugin. Goals: 50 ns a sample in batches of 256, 2 µs a batch of one.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, OnceLock};

use divan::Bencher;
use divan::counter::ItemsCount;
use pipeline_engine::{Image, Loader};
use pipeline_plugin::{
    Batch, Context, Field, Header, Item, Output, Result, Role, Timestamp, Transform,
    TransformPlugin, field,
};
use serde_json::json;

const SIZES: &[usize] = &[1, 16, 256, 4096];

fn main() {
    divan::main();
}

/// Compiles `idle.c`.
fn in_c() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("pipeline-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let made = folder.join("libidle.so");
    let here = env!("CARGO_MANIFEST_DIR");
    let status = Command::new("cc")
        .args(["-O2", "-shared", "-fPIC", "-I"])
        .arg(format!("{here}/../plugin/include"))
        .arg(format!("{here}/benches/idle.c"))
        .arg("-o")
        .arg(&made)
        .status();
    assert!(status.unwrap().success());
    made
}

/// Builds the example with the profile of releases.
fn in_rust() -> PathBuf {
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--release",
            "-p",
            "example-power-smoothing",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(status.unwrap().success());
    let exe = std::env::current_exe().unwrap();
    let release = exe.ancestors().nth(2).unwrap();
    release.join("libexample_power_smoothing.so")
}

fn stage(library: PathBuf) -> Arc<dyn TransformPlugin> {
    // A copy: the folders of builds may be open to a group.
    let folder = std::env::temp_dir().join(format!("pipeline-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let copy = folder.join(library.file_name().unwrap());
    if copy != library {
        std::fs::copy(library, &copy).unwrap();
    }
    let loaded = Loader::default().load(Image::read(&copy).unwrap()).unwrap();
    let plugin = loaded.plugins.into_iter().next().unwrap();
    let Role::Transform(prepare) = &plugin.role else {
        panic!("a transform");
    };
    prepare(json!({})).unwrap()
}

fn samples(rows: usize) -> Item {
    let fields: Vec<Field> = field::TABLE
        .iter()
        .copied()
        .filter(|field| **field != field::POWER)
        .take(12)
        .cloned()
        .collect();
    let mut batch = Batch::new(&fields);
    for row in 0..rows {
        let time = Timestamp::from_micros(i64::try_from(row).unwrap());
        batch.push(time, &[1.0; 12]);
    }
    Item::Samples(batch)
}

/// Takes the items and drops them.
struct Nowhere;

impl Output for Nowhere {
    fn send(&mut self, item: Item) -> Result<()> {
        divan::black_box(item);
        Ok(())
    }
}

/// Times stand still, so that a batch can be sent again and again.
fn measure(bencher: Bencher<'_, '_>, rows: usize, mut transform: Box<dyn Transform>) {
    let item = match samples(rows) {
        Item::Samples(batch) => {
            let time = vec![Timestamp::default(); rows];
            Item::Samples(Batch::of_columns(time, batch.columns().to_vec()))
        }
        item => item,
    };
    bencher
        .counter(ItemsCount::new(rows))
        .with_inputs(|| item.clone())
        .bench_local_values(|item| transform.process(item, &mut Nowhere).unwrap());
}

fn open(stage: &dyn TransformPlugin) -> Box<dyn Transform> {
    stage
        .open(&mut Header::default(), &Context::detached())
        .unwrap()
}

#[divan::bench(args = SIZES)]
fn c(bencher: Bencher<'_, '_>, rows: usize) {
    static STAGE: OnceLock<Arc<dyn TransformPlugin>> = OnceLock::new();
    measure(bencher, rows, open(&**STAGE.get_or_init(|| stage(in_c()))));
}

#[divan::bench(args = SIZES)]
fn rust(bencher: Bencher<'_, '_>, rows: usize) {
    static STAGE: OnceLock<Arc<dyn TransformPlugin>> = OnceLock::new();
    measure(
        bencher,
        rows,
        open(&**STAGE.get_or_init(|| stage(in_rust()))),
    );
}

#[divan::bench(args = SIZES)]
fn none(bencher: Bencher<'_, '_>, rows: usize) {
    struct Idle;
    impl Transform for Idle {
        fn process(&mut self, item: Item, out: &mut dyn Output) -> Result<()> {
            out.send(item)
        }
    }
    measure(bencher, rows, Box::new(Idle));
}
