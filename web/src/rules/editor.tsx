// A text field with its words coloured: what is seen lies behind the field, whose own letters are
// transparent. Both scroll together.
import { useRef } from 'preact/hooks';
import type { Diagnostic, RuleFile } from '../types';

type Kind = 'comment' | 'string' | 'keyword' | 'operator' | 'name' | 'number' | '';

const token =
  /(?<comment>#[^\n]*)|(?<string>"(?:\\.|[^"\\\n])*"?)|(?<keyword>\b(?:brand|rule|terms|ambiguous|tag|score|route|alert|when|handles|competitor|campaign|list)\b)|(?<operator>\b(?:AND|OR|NOT|NEAR|ONEAR)\b(?:\/\d+)?)|(?<name>\$\w+)|(?<number>\b\d+(?:\.\d+)?\b)/g;

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
