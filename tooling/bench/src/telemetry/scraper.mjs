/**
 * Fetches metrics as Prometheus does, from a process of its own.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ address }) {
  const measure = async () => {
    const text = await (await fetch(address)).text();
    return { series: text.split('\n').filter((line) => line.startsWith('cart_value_count{')).length, bytes: text.length };
  };
  return { measure, close() {} };
}
