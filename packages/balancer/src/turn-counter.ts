const LAST_TURN = 0x3fff_ffff;

/** Counts calls from 0, and begins again before the number outgrows what V8 keeps without allocating (2^30). */
export function turnCounter(): () => number {
  let turn = -1;
  return () => {
    turn = (turn + 1) & LAST_TURN;
    return turn;
  };
}
