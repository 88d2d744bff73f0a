# Writes bytes, given as decimal numbers, as text for a script element: shorter than base64. page/engine.js decodes it.
# Seven bits are a character; NUL, CR and <, which HTML changes or reads as markup, are U+0080, U+0081 and U+0082.
BEGIN { escape[0] = "\302\200"; escape[13] = "\302\201"; escape[60] = "\302\202" }
function put(value) { if (value in escape) printf "%s", escape[value]; else printf "%c", value }
{
  for (i = 1; i <= NF; i++) {
    held = held * 256 + $i
    bits += 8
    while (bits >= 7) {
      bits -= 7
      power = 2 ^ bits
      put(int(held / power))
      held %= power
    }
  }
}
END { if (bits > 0) put(held * 2 ^ (7 - bits)) }
