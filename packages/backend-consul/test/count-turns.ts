/** How often the event loop turns until `end` is called, which returns it. */
export function countTurns(): { end(): number } {
  let turns = 0;
  let next = setImmediate(turn);
  function turn(): void {
    turns++;
    next = setImmediate(turn);
  }
  return {
    end() {
      clearImmediate(next);
      return turns;
    },
  };
}
