/** Words of the block through which the threads talk; the text of a job follows them. */
export const WORDS = 256;
/** Bytes of the whole block. */
export const BLOCK_BYTES: number = 2 ** 18;
/** Bytes that the text of a job may take. */
export const TEXT_BYTES: number = BLOCK_BYTES - 4 * WORDS;

// Positions of the words.
/** Counts jobs; threads sleep on it. */
export const GENERATION = 0;
/** The lower half of the generation above, and below it the next part to take. */
export const TICKET = 1;
/** Parts of the job. */
export const PARTS = 2;
/** Parts that are done; the first thread sleeps on it. */
export const DONE = 3;
/** Whether a part has failed, which none should. */
export const FAILED = 4;
/** Identifies what the text says, so that it is read once. */
export const JOB = 5;
/** Bytes of the text. */
export const LENGTH = 6;
/** Units of a part; the last one may have fewer. */
export const PART_UNITS = 7;
/** Number of arrays, and then their addresses. */
export const ADDRESSES = 8;
/** Most arrays of a job. */
export const MOST_ADDRESSES: number = WORDS - ADDRESSES - 1;
/** A job has fewer than 2^16 parts. */
const PART_BITS = 16;

/** The ticket for the first part of a generation. */
export function firstTicket(generation: number): number {
  return (generation << PART_BITS) | 0;
}

/** Takes the next part of a generation; -1 if there is none, or the generation is over. */
export function takePart(control: Int32Array, generation: number, parts: number): number {
  const first = firstTicket(generation);
  for (;;) {
    const ticket = Atomics.load(control, TICKET);
    const part = ticket - first;
    if (part < 0 || part >= parts) return -1;
    if (Atomics.compareExchange(control, TICKET, ticket, ticket + 1) === ticket) return part;
  }
}

/** Whether parts of a generation are left to take. */
export function partsLeft(control: Int32Array, generation: number, parts: number): boolean {
  const part = Atomics.load(control, TICKET) - firstTicket(generation);
  return part >= 0 && part < parts;
}
