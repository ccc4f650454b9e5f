// onnxruntime, and tensors that the C++ programs of this folder hand over.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const SKIPPED = 77;

function onnxruntime() {
  const folder = process.env.ONNXRUNTIME_FOLDER ?? ".";
  try {
    return createRequire(resolve(folder, "package.json"))("onnxruntime-node");
  } catch (error) {
    console.log(`skipped: no onnxruntime in '${folder}' (${error.code ?? error.message}); ` +
                `tests/peers/onnx/install ${folder} gets it`);
    process.exit(SKIPPED);
  }
}
export const ort = onnxruntime();

/** A session in one thread, for a file or for bytes. */
export function session(model) {
  return ort.InferenceSession.create(model, {
    intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
}

/** {tensors: {name: {shape, values}}, notes: {name: text}} of a safetensors file of floats. */
export function readTensors(path) {
  const bytes = readFileSync(path);
  const begin = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__: notes = {}, ...entries } = JSON.parse(bytes.toString("utf8", 8, begin));
  const tensors = {};
  for (const [name, { shape, dtype, data_offsets: [first, last] }] of Object.entries(entries)) {
    if (dtype !== "F32") throw new Error(`${name} is ${dtype}`);
    // A copy, since the data need not be aligned.
    const values = new Float32Array(Uint8Array.from(bytes.subarray(begin + first, begin + last)).buffer);
    tensors[name] = { shape, values };
  }
  return { tensors, notes };
}

/** Calls `use` with a folder that is gone afterwards. */
export async function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), "nas-onnx-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The largest difference, relative to the largest of `ours` or 1 where all are smaller. */
export function difference(ours, theirs) {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} values, and ${theirs.length}`);
  let scale = 1;
  let largest = 0;
  for (let i = 0; i < ours.length; ++i) {
    scale = Math.max(scale, Math.abs(ours[i]));
    const error = Math.abs(ours[i] - theirs[i]);
    largest = Number.isNaN(error) ? Infinity : Math.max(largest, error);
  }
  return largest / scale;
}
