// A text field with its words coloured: what is seen lies behind the field, whose own letters are
// transparent. Both scroll together.
import { useRef } from 'preact/hooks';
import type { Diagnostic, RuleFile } from '../types';

type Kind = 'comment' | 'string' | 'keyword' | 'operator' | 'name' | 'number' | '';

// Words of docs/RULES.md, wherever they may stand.
const blocks = 'brand|rule|let|pack|import';
const items = 'terms|hashtags|handles|domains|ambiguous|exclude|owned|competitor|true|false';
const actions = 'tag|score|route|alert';
const annotations = 'fold|lang|version|owner|priority|unanchored';
const places = 'hashtag|mention|cashtag|domain|link|substr|raw|in|title|body|bio|quoted';
const ofPosts =
  'lang|source|channel|kind|type|author|author_id|site|url|conversation|parent|country|is|has|' +
  'followers|following|posts|account_age_days|rating|nps|likes|reposts|replies|views|created';
const ofMentions =
  'sentiment(?:\\.conf)?|confidence|label|act(?:\\.conf)?|relation|disclosure|authenticity|' +
  'quality\\.(?:depth|two_sided)|aspect|irony|spam|dup_size|ambiguity|brand|rule|tag|route|alert|' +
  'state|assignee';
const ofAuthors =
  'author\\.(?:class|type|score|score_lo|recs|defences|first_seen_days|active_months|detractor)';

// A # begins a comment before white space only, else a hashtag; a field stands before its sign.
const token = new RegExp(
  [
    /(?<comment>#(?=\s|$)[^\n]*)/u,
    /(?<string>"(?:\\.|[^"\\\n])*"?|(?<![\p{L}\p{N}_)\]/])\/(?:\\.|[^/\\\n])+\/i?)/u,
    `(?<keyword>(?<![\\p{L}\\p{N}_.])(?:(?:${places}|${ofAuthors}|${ofMentions}|${ofPosts})(?=\\s*[:<>=!])|` +
      `atleast(?=\\s*\\()|(?:${blocks}|${items}|${actions})(?![\\p{L}\\p{N}_.]))|@(?:${annotations})(?=\\())`,
    /(?<operator>\b(?:AND|OR|NOT)\b|\b(?:NEAR|ONEAR|near)\/\d+)/u,
    /(?<name>[$#@][\p{L}\p{N}_.]+)/u,
    /(?<number>\b\d+(?:\.\d+)?\b)/u,
  ]
    .map((part) => (typeof part === 'string' ? part : part.source))
    .join('|'),
  'gu',
);

export function tokensOf(text: string): { text: string; kind: Kind }[] {
  const tokens: { text: string; kind: Kind }[] = [];
  let at = 0;
  for (const match of text.matchAll(token)) {
    if (match.index > at) tokens.push({ text: text.slice(at, match.index), kind: '' });
    const kind = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)?.[0];
    tokens.push({ text: match[0], kind: (kind ?? '') as Kind });
    at = match.index + match[0].length;
  }
  tokens.push({ text: `${text.slice(at)}\n`, kind: '' });
  return tokens;
}

interface Props {
  file: RuleFile;
  diagnostics: Diagnostic[];
  edit: (text: string) => void;
}

export function Editor({ file, diagnostics, edit }: Props) {
  const behind = useRef<HTMLPreElement>(null);
  const lines = file.text.split('\n').length;
  const wrong = new Map(
    diagnostics.filter((one) => one.file === file.name).map((one) => [one.line, one.severity]),
  );
  const marks = Array.from({ length: lines }, (_, i) => wrong.get(i + 1));
  return (
    <div class="editor">
      <pre ref={behind} aria-hidden="true">
        <span class="margin">
          {marks.map((severity, i) => (
            <span key={i} class={severity ?? ''}>
              {`${severity === 'error' ? '✕' : severity ? '!' : ' '}${i + 1}\n`}
            </span>
          ))}
        </span>
        <code>
          {tokensOf(file.text).map((one, i) =>
            one.kind ? (
              <span key={i} class={`token-${one.kind}`}>
                {one.text}
              </span>
            ) : (
              one.text
            ),
          )}
        </code>
      </pre>
      <textarea
        aria-label={file.name}
        value={file.text}
        spellcheck={false}
        autocomplete="off"
        wrap="off"
        aria-invalid={[...wrong.values()].includes('error')}
        onInput={(event) => edit(event.currentTarget.value)}
        onScroll={(event) => {
          if (!behind.current) return;
          behind.current.scrollTop = event.currentTarget.scrollTop;
          behind.current.scrollLeft = event.currentTarget.scrollLeft;
        }}
      />
    </div>
  );
}
