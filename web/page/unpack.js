// Unpacks the module: LZMA, which makes it a third smaller than the gzip that browsers know.

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

/** Decodes an `.lzma` file whose content has `size` bytes. */
function unpack(packed, size) {
  const HEADER_BYTES = 13;
  // Where the probabilities of each decision start.
  const IS_MATCH = 0, IS_REP = 192, IS_REP_0 = 204, IS_REP_1 = 216, IS_REP_2 = 228, IS_REP_0_LONG = 240;
  const SLOTS = 432, SPECIAL = 688, ALIGN = 803, LENGTH = 819, REP_LENGTH = 1333, LITERAL = 1847;
  const LENGTH_LOW = 2, LENGTH_MIDDLE = 130, LENGTH_HIGH = 258;

  const lc = packed[0] % 9, lp = Math.floor(packed[0] / 9) % 5, pb = Math.floor(packed[0] / 45);
  const probabilities = new Uint16Array(LITERAL + (0x300 << (lc + lp))).fill(1024);
  const out = new Uint8Array(size);
  // The first byte of the coded stream is always 0.
  let at = HEADER_BYTES + 1, range = 0xffffffff, code = 0;
  for (let i = 0; i < 4; i++) code = ((code << 8) | packed[at++]) >>> 0;

  function bit(index) {
    const probability = probabilities[index];
    const bound = (range >>> 11) * probability;
    let one = 0;
    if (code < bound) {
      range = bound;
      probabilities[index] = probability + ((2048 - probability) >>> 5);
    } else {
      range -= bound;
      code -= bound;
      probabilities[index] = probability - (probability >>> 5);
      one = 1;
    }
    if (range < 0x1000000) {
      range = (range << 8) >>> 0;
      code = ((code << 8) | packed[at++]) >>> 0;
    }
    return one;
  }

  function tree(first, bits) {
    let node = 1;
    for (let i = 0; i < bits; i++) node = (node << 1) | bit(first + node);
    return node - (1 << bits);
  }

  function reverseTree(first, bits) {
    let node = 1, value = 0;
    for (let i = 0; i < bits; i++) {
      const one = bit(first + node);
      node = (node << 1) | one;
      value |= one << i;
    }
    return value;
  }

  function direct(bits) {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      range >>>= 1;
      const one = code >= range ? 1 : 0;
      if (one) code -= range;
      if (range < 0x1000000) {
        range = (range << 8) >>> 0;
        code = ((code << 8) | packed[at++]) >>> 0;
      }
      value = value * 2 + one;
    }
    return value;
  }

  function lengthOf(first, position) {
    if (!bit(first)) return tree(first + LENGTH_LOW + (position << 3), 3);
    if (!bit(first + 1)) return 8 + tree(first + LENGTH_MIDDLE + (position << 3), 3);
    return 16 + tree(first + LENGTH_HIGH, 8);
  }

  function distanceOf(length) {
    const slot = tree(SLOTS + (Math.min(length, 3) << 6), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + reverseTree(SPECIAL + base - slot, bits);
    return base + direct(bits - 4) * 16 + reverseTree(ALIGN, 4);
  }

  let state = 0, length = 0, written = 0;
  let [distance, second, third, fourth] = [0, 0, 0, 0];
  while (written < size) {
    const position = written & ((1 << pb) - 1);
    if (!bit(IS_MATCH + (state << 4) + position)) {
      const before = written > 0 ? out[written - 1] : 0;
      const first = LITERAL + 0x300 * (((written & ((1 << lp) - 1)) << lc) + (before >> (8 - lc)));
      let symbol = 1;
      if (state >= 7) {
        let matched = out[written - distance - 1];
        while (symbol < 0x100) {
          const expected = (matched >> 7) & 1;
          matched <<= 1;
          const one = bit(first + ((1 + expected) << 8) + symbol);
          symbol = (symbol << 1) | one;
          if (one !== expected) break;
        }
      }
      while (symbol < 0x100) symbol = (symbol << 1) | bit(first + symbol);
      out[written++] = symbol;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    if (!bit(IS_REP + state)) {
      [distance, second, third, fourth] = [0, distance, second, third];
      length = lengthOf(LENGTH, position);
      distance = distanceOf(length);
      state = state < 7 ? 7 : 10;
    } else if (bit(IS_REP_0 + state)) {
      if (!bit(IS_REP_1 + state)) [distance, second] = [second, distance];
      else if (!bit(IS_REP_2 + state)) [distance, second, third] = [third, distance, second];
      else [distance, second, third, fourth] = [fourth, distance, second, third];
      length = lengthOf(REP_LENGTH, position);
      state = state < 7 ? 8 : 11;
    } else if (bit(IS_REP_0_LONG + (state << 4) + position)) {
      length = lengthOf(REP_LENGTH, position);
      state = state < 7 ? 8 : 11;
    } else {
      length = -1;
      state = state < 7 ? 9 : 11;
    }
    // A match has at least two bytes; of a short repetition, one is copied.
    if (distance >= written) throw new Error("the module in this file is damaged: download it again");
    for (const end = Math.min(size, written + length + 2); written < end; written++) out[written] = out[written - distance - 1];
  }
  return out;
}
