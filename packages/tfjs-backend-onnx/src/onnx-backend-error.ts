// The error of this package: `where: what must hold, got value; what to do`.

const marker = Symbol.for('@semmae/tfjs-backend-onnx/error');

export interface OnnxBackendErrorOptions {
  /** The function, option or kernel that noticed the problem. */
  where: string;
  /** What must hold, as a phrase: "provider must be available here". */
  requirement: string;
  /** What was there instead. */
  got: string;
  /** What the reader can do about it. */
  remedy: string;
  cause?: unknown;
}

/** A request that the backend cannot meet, said in one line that names the place, the rule, the value and the way out. */
export class OnnxBackendError extends Error {
  readonly where: string;
  readonly requirement: string;
  readonly got: string;
  readonly remedy: string;

  constructor({ where, requirement, got, remedy, cause }: OnnxBackendErrorOptions) {
    super(`${where}: ${requirement}, got ${got}; ${remedy}`, cause === undefined ? undefined : { cause });
    this.name = 'OnnxBackendError';
    this.where = where;
    this.requirement = requirement;
    this.got = got;
    this.remedy = remedy;
    Object.defineProperty(this, marker, { value: true });
  }

  /** True for an OnnxBackendError of any installed copy of this package. */
  static isInstance(error: unknown): error is OnnxBackendError {
    return error instanceof Error && marker in error;
  }
}
