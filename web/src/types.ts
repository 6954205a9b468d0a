// What the server says, as far as the page shows it. openapi.json describes all of it.

export const labels = ['positive', 'negative', 'neutral', 'mixed', 'abstain'] as const;
export type Label = (typeof labels)[number];
export const states = ['new', 'open', 'waiting', 'done', 'dismissed'] as const;
export type State = (typeof states)[number];

export interface Author {
  source?: string;
  id: string;
  handle?: string;
  name?: string;
  bio?: string;
  followers?: number;
  posts?: number;
  created_at?: string;
}

export interface Post {
  source: string;
  id: string;
  kind: string;
  author: Author;
  title?: string;
  text: string;
  created_at: string;
  url?: string;
}

// Places are bytes of UTF-8.
export interface Span {
  begin: number;
  end: number;
  field?: string;
}

export interface WordHit extends Span {
  term: string;
  weight: number;
  negated: boolean;
}

export interface Act extends Partial<Span> {
  act: string;
  confidence: number;
  cue?: string;
}

export interface Correction {
  label: Label;
  acts?: string[];
  about_brand?: boolean;
  sampled?: boolean;
  by?: string;
  at?: string;
}

export interface Triage {
  state: State;
  assignee: string;
  state_since?: string;
  version: number;
  note?: string;
}

export interface Step {
  at: string;
  by: string;
  state: State;
  assignee: string;
  note?: string;
}

export interface Penalty {
  signal: string;
  penalty: number;
  evidence?: string;
}

export interface Mention {
  seq: number;
  cursor: string;
  mention_id: string;
  brand: string;
  rules: { id: string; tags: string[] }[];
  matches: (Span & { rule: string; atom: string; matched: string })[];
  sentiment: { label: Label; score: number; confidence: number; hits: WordHit[] };
  acts: Act[];
  authenticity: { score: number; penalties: Penalty[] };
  relation_hint: string | null;
  lang: string;
  duplicate_of: string | null;
  copies: number;
  post: Post;
  correction?: Correction | null;
  triage?: Triage;
  lease?: { by: string; until: string };
  history?: Step[];
}

export interface Page {
  items: Mention[];
  cursor: string;
  more: boolean;
}

// Backwards: `before` leads to what is older still; null where the feed begins.
export interface OlderPage {
  items: Mention[];
  cursor: string;
  before: string | null;
}

export interface Bucket {
  begin: string;
  mentions: number;
  positive: number;
  negative: number;
  neutral: number;
  mixed: number;
  abstain: number;
  recommendations: number;
  anti_recommendations: number;
  complaints: number;
}

export interface Stats {
  brand: string;
  buckets: Bucket[];
  total: Bucket;
  share_of_voice: number | null;
  mention_recommendation_balance: number | null;
  survey_nps: { nps: number | null; low: number | null; high: number | null; answers: number };
  star_proxy?: { mean_stars: number | null; reviews: number } | null;
  recommendation_balance?: RecommendationBalance; // only when asked for
  kpi?: { defenders: number; critics: number; defence_ratio: number | null };
}

export interface RecommendationBalance {
  balance: number | null;
  low: number | null;
  high: number | null;
  authors: number;
  authors_needed: number;
  promoters: number;
  detractors: number;
}

export type WarningLevel = 'none' | 'watch' | 'warn' | 'crisis';

export interface Picture {
  brand: string;
  level: WarningLevel;
  critics: number;
  usual: number;
  defence_ratio: number | null;
}

export interface Standing extends Picture {
  since: string | null;
}

export interface Alert extends Picture {
  alert_id: string;
  number: number;
  before: WarningLevel;
  at: string;
  reasons: string[];
  mentions: string[];
}

export interface Gap {
  number: number;
  state: 'open' | 'recovered' | 'lost';
  from: string;
  to: string;
  reason: string;
}

export interface Source {
  name: string;
  type: string;
  state: string;
  lag_seconds: number | null;
  records_per_second: number;
  mentions: number;
  last_record_at: string | null;
  last_error: string;
  last_error_at: string | null;
  gap_count: number;
  gaps: Gap[];
}

export interface Evidence extends Partial<Span> {
  mention_id: string;
  source: string;
  url?: string;
  created_at: string;
  act: string | null;
  text: string;
}

export interface Advocate {
  rank: number;
  author: Author;
  score: number;
  score_low: number;
  level: string;
  class: string;
  type: string;
  mentions: number;
  recommendations: number;
  defences: number;
  micro_advocate: boolean;
  at_risk: boolean;
  lapsed: boolean;
  reasons: string[];
  next_gate: string;
  components: Record<string, number>;
  evidence: Evidence[];
  counter_evidence: Evidence[];
}

export interface BrandHistory {
  brand: string;
  aggregate: {
    mentions: number;
    positive: number;
    negative: number;
    neutral: number;
    first_seen: string;
    last_seen: string;
    acts: Record<string, number>;
  };
  standing?: {
    score: number;
    score_low: number;
    level: string;
    class: string;
    type: string;
    next_gate: string;
  };
  mentions: Mention[];
}

export interface Person {
  author: Author;
  brands: BrandHistory[];
}

export interface Diagnostic {
  severity: 'error' | 'warning';
  code: string;
  file: string;
  line: number;
  column: number;
  message: string;
}

export interface RuleFile {
  name: string;
  text: string;
}

export interface RuleSet {
  hash: string;
  brands: { id: string; name: string; competitor: boolean }[];
  files: RuleFile[];
}

export interface RuleVersion {
  hash: string;
  at: string;
  how: 'change' | 'reload' | 'start';
  by: string;
  brands: number;
  file_count: number;
  file_names: string[];
  has_files: boolean;
}
