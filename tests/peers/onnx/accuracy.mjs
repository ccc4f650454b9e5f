// accuracy.mjs NAS PROGRAM [DATA]: searches the default space for a moment, exports the winner and
// classifies the first 1,000 test images of Fashion-MNIST in onnxruntime: the same accuracy as the
// engine's, and the same logits.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { difference, ort, readTensors, session, withFolder } from "./runtime.mjs";

const IMAGES = 1000;
const SIDE = 28;
const TOLERANCE = 1e-4;
/** Beginners' luck is a tenth. */
const LEARNT = 0.4;

const [nas, program, data = "/usr/share/datasets/fashion-mnist"] = process.argv.slice(2);
const imagesFile = join(data, "t10k-images-idx3-ubyte.gz");
if (!existsSync(imagesFile)) {
  console.log(`skipped: no '${imagesFile}'; dataset-fashion-mnist has it`);
  process.exit(77);
}

/** The values behind an IDX header, from 0 to 255. */
function idx(file, headerBytes, count) {
  return gunzipSync(readFileSync(file)).subarray(headerBytes, headerBytes + count);
}
const pixels = Float32Array.from(idx(imagesFile, 16, IMAGES * SIDE * SIDE));
const labels = idx(join(data, "t10k-labels-idx1-ubyte.gz"), 8, IMAGES);

function accuracy(logits) {
  let correct = 0;
  for (let i = 0; i < IMAGES; ++i) {
    const row = logits.subarray(i * 10, (i + 1) * 10);
    if (row.indexOf(Math.max(...row)) === labels[i]) ++correct;
  }
  return correct / IMAGES;
}

await withFolder(async (folder) => {
  const run = join(folder, "run");
  execFileSync(nas, ["run", "--trials", "2", "--set", "train.train_images=2000", "--final-epochs",
                     "0.2", "--out", run, "--quiet"], { stdio: ["ignore", "ignore", "inherit"] });
  execFileSync(program, ["run", folder, run, String(IMAGES)]);
  const engine = readTensors(join(folder, "tensors.safetensors")).tensors.logits;
  const expected = accuracy(engine.values);
  if (!(expected > LEARNT)) throw new Error(`the network has learnt nothing: ${expected}`);

  for (const options of [[], ["--fold-bn"], ["--raw-input"], ["--fold-bn", "--raw-input"]]) {
    const model = join(folder, `${options.join("")}model.onnx`);
    const about = JSON.parse(execFileSync(nas, ["export", run, "-o", model, "--json", ...options],
                                          { encoding: "utf8" })).metadata;
    const mean = JSON.parse(about.mean)[0];
    const deviation = JSON.parse(about.deviation)[0];
    const values =
      about.input_values === "raw" ? pixels : pixels.map((value) => (value - mean) / deviation);
    const image = new ort.Tensor("float32", values, [IMAGES, 1, SIDE, SIDE]);
    const { classifier } = await (await session(model)).run({ image });
    const error = difference(engine.values, classifier.data);
    const reached = accuracy(classifier.data);
    console.log(`${["export", ...options].join(" ").padEnd(30)} accuracy ${reached} ` +
                `(engine ${expected}), logits within ${error.toExponential(1)}`);
    if (reached !== expected || !(error <= TOLERANCE)) process.exitCode = 1;
  }
});
