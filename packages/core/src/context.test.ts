import { describe, expect, it } from 'vitest';
import { currentContext, runInContext } from './context.js';

describe('the ambient context', () => {
  it('is there for all that runs within, also after an await, and for nobody else', async () => {
    const context = { deadlineAt: 5 };
    const seen = await runInContext(context, async () => {
      await Promise.resolve();
      return currentContext();
    });
    expect(seen).toBe(context);
    expect(currentContext()).toBeUndefined();
  });
});
