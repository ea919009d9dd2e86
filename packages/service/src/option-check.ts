/** Notes a problem of the option at `path`, below `service`, unless it is right. */
export type Check = (path: string, isRight: boolean, message: string) => void;

/** A duration in ms, or what it is when it is not given; a malformed one is noted as a problem. */
export type ReadDuration = (path: string, value: unknown, orMs: number) => number;
