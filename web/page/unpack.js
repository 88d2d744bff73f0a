// Unpacks the module: LZMA, which makes it a third smaller than the gzip that browsers know. A small module, `unpack/`, decodes
// it: three times as fast as a script.

const WASM_PAGE_BYTES = 65536;
/** What is decoded at once: browsers do not change to faster code within a call. */
const STEP_BYTES = 65536;

/** The bytes of a text by `encode.awk`: seven bits in each character. */
function decodeText(text) {
  const escaped = [0, 13, 60];
  const bytes = new Uint8Array(Math.floor(text.length * 7 / 8));
  let held = 0, bits = 0, length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    held = (held << 7) | (code < 128 ? code : escaped[code - 128]);
    bits += 7;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  return bytes;
}

/** Decodes an `.lzma` file whose content has `size` bytes; `decoder` is the small module. */
async function unpack(decoder, packed, size) {
  const { instance } = await WebAssembly.instantiate(decoder);
  const { memory, start, step } = instance.exports;
  const from = memory.grow(Math.ceil((packed.length + size) / WASM_PAGE_BYTES)) * WASM_PAGE_BYTES;
  const to = from + packed.length;
  new Uint8Array(memory.buffer).set(packed, from);
  let written = start(from, packed.length, to, size) ? 0 : -1;
  while (written >= 0 && written < size) written = step(STEP_BYTES);
  if (written < 0) throw new Error("the module in this file is damaged: download it again");
  return new Uint8Array(memory.buffer, to, size);
}
