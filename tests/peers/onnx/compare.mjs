// compare.mjs PROGRAM CASES: runs the models that the program writes in onnxruntime, and compares
// with what the engine has computed.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { difference, ort, readTensors, session, withFolder } from "./runtime.mjs";

/** What is asked of exports. Sums of floats in another order differ by some 1e-6. */
const TOLERANCE = 1e-4;

const [program, cases] = process.argv.slice(2);
let failed = 0;
let worst = { difference: 0, what: "" };

async function check(name, outputs, number, tensors, model, folder) {
  const what = `${name}${model.replace(/^\d+/, "").replace(".onnx", "")}`;
  const run = await session(join(folder, model));
  const input = tensors[`${number}:input`];
  // Also of a vector the input has four axes.
  const shape = [...input.shape, 1, 1].slice(0, 4);
  const feeds = { [run.inputNames[0]]: new ort.Tensor("float32", input.values, shape) };
  const results = await run.run(feeds);
  outputs.forEach((output, k) => {
    const ours = tensors[`${number}:output${k}`];
    const theirs = results[output] ?? results[run.outputNames[k]];
    if (JSON.stringify(ours.shape) !== JSON.stringify(theirs.dims)) {
      ++failed;
      console.log(`${what}: '${output}' is [${theirs.dims}], not [${ours.shape}]`);
      return;
    }
    const error = difference(ours.values, theirs.data);
    if (error > worst.difference) worst = { difference: error, what };
    if (error <= TOLERANCE) return;
    ++failed;
    console.log(`${what}: '${output}' differs by ${error.toExponential(1)}`);
  });
}

await withFolder(async (folder) => {
  execFileSync(program, [cases, folder], { stdio: "inherit" });
  const { tensors, notes } = readTensors(join(folder, "tensors.safetensors"));
  const networks = JSON.parse(notes.networks);
  for (const [number, { name, outputs }] of networks.entries()) {
    for (const model of [`${number}.onnx`, `${number}-folded.onnx`]) {
      await check(name, outputs, number, tensors, model, folder);
    }
  }
  if (networks.length === 0) throw new Error("nothing was compared");
  console.log(`${networks.length} networks; the largest difference is ` +
              `${worst.difference.toExponential(1)}, of ${worst.what}`);
});
process.exit(failed > 0 ? 1 : 0);
