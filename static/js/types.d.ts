// The shapes that cross module borders. Names are the API's.

import type { Wave } from "./wave.js";

export type Point = [number, number];
export type Maybe<T> = T | null;
export type Values = Record<string, number[][]>;
export type Weights = Record<string, number[] | number[][]>;

export interface GraphNode {
  id: string;
  op: string;
  inputs: string[];
  parameters: [string, string | null][];
  role: "gate" | "state" | "preactivation" | "part" | "term";
  size: "I" | "H";
  formula: string;
}

export interface GraphLayer {
  name: string;
  layer: number;
  cell: string;
  direction: "forward" | "reverse";
  inputs: number;
  hidden: number;
  gates: string[];
  states: string[];
  output: string;
  nodes: GraphNode[];
  rows: Record<string, (string | null)[]>;
  formulas: Record<string, string>;
}

export interface Graph {
  layers: GraphLayer[];
  heads: { name: string; value: string; size: number }[];
  read: "all" | "last";
  edges: { from: string; to: string; layer: number; direction: string; dt: number }[];
}

export interface ModelSummary {
  id: string;
  pinned: string;
  task: string;
  cell: string;
  hidden: number;
  layers: number;
  bidirectional: boolean;
  feeds_back: boolean;
  parameters: number;
  vocabulary: number;
  outputs: string[];
}

export interface Figures {
  sequences: number;
  accuracy: number;
  accuracy_late: number;
  accuracy_by_frame: number[];
  entropy_by_frame: number[];
  accuracy_late_by_motion: Record<string, number>;
  blackout_by_motion: Record<string, number[]>;
}

export interface Card {
  command: string;
  data: string;
  parameters: number;
  figures: Figures;
  seeds: { seeds: number[]; accuracy_late: { mean: number; deviation: number; values: number[] } };
}

export interface Model extends ModelSummary {
  card: Card;
  graph: Graph;
  heads: Record<string, number>;
}

export interface Trace {
  model: string;
  task: string;
  input: { points: Maybe<Point>[]; text: string; tokens: string[]; unknown: number[] };
  initial?: { logits: number[]; probs: number[] };
  length: number;
  generated: number;
  memory: boolean;
  outputs: string[];
  values: Values;
}

/** A path of the service: truth is one frame longer than points. */
export interface BallPath {
  motion: string;
  points: Point[];
  truth: Point[];
  directions: string[];
}

export interface TallyRow {
  model: string;
  memory: boolean;
  accuracy_by_frame: number[];
  entropy_by_frame: number[];
}

export interface Tally {
  count: number;
  motion: Maybe<string>;
  rows: TallyRow[];
  ceiling: Maybe<{ accuracy_by_frame: number[]; command: string }>;
}

/** What is computed. Exactly one of scene and points is set. */
export interface Query {
  model: string;
  scene: Maybe<string>;
  points: Maybe<Maybe<Point>[]>;
  hide: Maybe<[number, number]>;
  memory: boolean;
  generate: number;
  edit: Maybe<string>;
}

/**
 * Where one looks. t counts from 1; beat is how far the run is, where that is not just to the answer of t;
 * unit is a full name and an index, or null; view is what is opened; fold is how far the diagram is rolled up in
 * its view, from 0 to 1; weight is where one stands in the service's answer; with are the ids of the networks
 * beside one another, null for the usual ones.
 */
export interface Look {
  t: number;
  beat: Maybe<number>;
  unit: Maybe<{ node: string; index: number }>;
  view: Maybe<"softmax" | "cell" | "traceback" | "rolled" | "beside">;
  fold: number;
  weight: Maybe<string>;
  with: Maybe<string>;
  theme: "auto" | "light" | "dark";
  motion: "auto" | "full" | "reduced";
}

/**
 * A change to a network: a weight to be value, its parameter name times value, the units of the value name forced to
 * it, or the state name to begin with it. index is the place within: none for all of it.
 */
export interface Edit {
  kind: "weight" | "scale" | "force" | "start";
  name: string;
  index: number[];
  value: number;
}

/**
 * What every page's state has of a walk through a run: position is the moment of the animation, in beats; folded
 * is how far the diagram is drawn rolled up; pointed is the weight under the pointer; trail are the units that
 * one came from, each at its step, from 0; tries is the way back from what was changed.
 */
export interface Walk {
  look: Look;
  position: number;
  folded: number;
  trail: Place[];
  pointed: Maybe<string>;
  tries: Tries;
  playing: boolean;
  speed: number;
  run: { wave: Wave };
  notices: Notice[];
}

/** A unit at a step, from 0. */
export interface Place {
  t: number;
  node: string;
  index: number;
}

/** What a person can do where the network is drawn. */
export interface Walking {
  look(patch: Partial<Look>): void;
  step(t: number): void;
  unit(unit: Look["unit"]): void;
  follow(place: Place): void;
  back(k: number): void;
}

export interface WalkStore {
  get(): Walk;
  set(patch: Partial<Walk>): void;
  watch(select: (walk: Walk) => unknown[], render: (walk: Walk) => void): () => void;
}

/** A run as it would be without edits, and from which step on, from 0, it is another; null where it is the same. */
export interface Ghost {
  values: Values;
  parted: Maybe<number>;
}

/** What has been changed of a network: weights are those in force, plain what they were; pending: the engine has not answered; drawn: the network went on by itself. */
export interface Changed {
  pending?: boolean;
  drawn?: boolean;
  weights: Weights;
  plain: Weights;
  edits: Edit[];
  ghost: Maybe<Ghost>;
  /** What of its input was put elsewhere by hand: a step, from 0, and the point that it was. */
  moved?: { t: number; from: Maybe<Point> };
}

/** A step back or on: edits as an address has them, or what of the state was otherwise where what is read was moved. */
export type Tried = Maybe<string> | { state: any };

/** The way back from what was tried out, and on again. */
export interface Tries {
  past: Tried[];
  future: Tried[];
}

/** A finished run: everything that the views draw. */
export interface Run extends Changed {
  points: Maybe<Point>[];
  seen: boolean[];
  path: Maybe<BallPath>;
  truths: Maybe<number>[];
  trace: Trace;
  model: Model;
  wave: Wave;
}

export interface Notice {
  code: string;
  field?: string;
  params?: Record<string, unknown>;
  detail: string;
}

/** Where the opening question stands; choice is a class. */
export interface Bet {
  choice: Maybe<number>;
  told: boolean;
  shown: boolean;
}

export interface State extends Walk {
  mode: "bet" | "lab";
  query: Query;
  run: Run;
  rivals: Record<string, number[][]>;
  tally: Maybe<Tally>;
  tallying: boolean;
  bet: Bet;
  betRun: Maybe<Run>;
  betRivals: Record<string, number[][]>;
  busy: boolean;
  drawing: boolean;
  /** The run as it was when a hand took hold of a point; null while none does. */
  moving: Maybe<Run>;
  models: ModelSummary[];
}

export interface Boot {
  words: any;
  asked: Omit<Query, "points">;
  defaults: { model: string; scene: string; frames: number; framesWithBlackout: number; thrown: number };
  /** The opening question: what is shown, and what happened then. */
  bet: { points: Point[]; next: Point; direction: string };
  limits: { frames: number; generate: number };
  small: string[];
  notices: Notice[];
  points: Maybe<Point>[];
  path: Maybe<BallPath>;
  models: ModelSummary[];
  model: Model;
  weights: Weights;
  trace: Trace;
}

/** What is computed on the page of the review. */
export interface ReadingQuery {
  model: string;
  text: string;
  memory: boolean;
  edit: Maybe<string>;
}

/** A finished run over a text; cut: how many words there were, if some were left out; Infinity where nobody counted. */
export interface Reading extends Changed {
  text: string;
  cut: Maybe<number>;
  trace: Trace;
  model: Model;
  wave: Wave;
}

/** What each token did to the answer after the last one: a row of classes for each. */
export interface Attributions {
  outputs: string[];
  input: { tokens: string[] };
  step_change?: number[][];
  leave_one_out?: number[][];
  gradient_x_input?: number[][];
  shapley?: Maybe<{ values: number[][]; pairs: number[][][] }>;
}

/** A word as the API's /words gives it. */
export interface WordNumbers {
  word: string;
  known: boolean;
  number: number;
  vocabulary: number;
  vector: number[];
  nearest: { word: string; number: number; cosine: number }[];
}

/** answered: the question of the run that is on screen; busy: another is open. */
export interface ReadingState extends Walk {
  query: ReadingQuery;
  answered: ReadingQuery;
  busy: boolean;
  run: Reading;
  rivals: Record<string, { probs: number[][]; initial: number[] }>;
  attributions: Maybe<Attributions>;
  word: Maybe<WordNumbers>;
  models: ModelSummary[];
}

export interface ReadingBoot {
  task: "review" | "recall";
  words: any;
  asked: ReadingQuery;
  defaults: { model: string; text: string };
  limits: { words: number };
  small: string[];
  notices: Notice[];
  models: ModelSummary[];
  model: Model;
  weights: Weights;
  trace: Trace;
}

/** What is computed on the page of the names; as the service names it. */
export interface SpellingQuery {
  model: string;
  prefix: string;
  goes_on: boolean;
  temperature: number;
  top_k: number;
  seed: number;
  edit: Maybe<string>;
}

/** A finished run over a name. */
export interface Spelling extends Changed {
  trace: Trace;
  model: Model;
  wave: Wave;
}

/** asked: the question of the run that is on screen. */
export interface SpellingState extends Walk {
  query: SpellingQuery;
  asked: SpellingQuery;
  run: Spelling;
  more: { seed: number; name: string }[];
  others: Record<string, string>;
  models: ModelSummary[];
}

export interface SpellingBoot {
  words: any;
  asked: SpellingQuery;
  defaults: SpellingQuery;
  limits: { letters: number; temperature: [number, number] };
  notices: Notice[];
  models: ModelSummary[];
  model: Model;
  weights: Weights;
  trace: Trace;
}

/** The answer of POST /api/flows. */
export interface Flows {
  model: string;
  at: number;
  output: string;
  score: number;
  values: Record<string, number[][]>;
}

/** The answer of GET /api/models/{id}/states. */
export interface EndStates {
  labels: string[];
  lines: number[];
  values: Record<string, number[][]>;
}

/** What is left of each letter at the end, by lag: shares, but moved, of which 1 is how far two sequences lie apart. */
export interface Memory {
  model: string;
  trained: boolean;
  length: number;
  letters: number;
  decoded: number[];
  answers: number[];
  moved: number[];
}
