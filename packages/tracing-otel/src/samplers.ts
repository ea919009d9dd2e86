import { ParentBasedSampler, type Sampler, SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';

/** Chooses a share of the traces that start here by their ids; one that goes on follows its parent. */
export function headSampler(ratio: number): Sampler {
  return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
}

/** Has every span recorded, for somebody to decide later; those that `head` chooses are sampled from the start. */
export function everySpan(head: Sampler): Sampler {
  return {
    shouldSample(...span) {
      const result = head.shouldSample(...span);
      return result.decision === SamplingDecision.NOT_RECORD ? { ...result, decision: SamplingDecision.RECORD } : result;
    },
    toString: () => `EverySpan{${head}}`,
  };
}
