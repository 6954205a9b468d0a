// The page of the server: a live feed, an overview, people, and rules.
import 'uplot/dist/uPlot.min.css';
import '../styles/tokens.css';
import '../styles/page.css';
import '../styles/live.css';
import '../styles/views.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isTokenAsked, useToken } from './api';
import { brands, hasNoBrand, refreshBrands } from './brands';
import { connection, resumptions } from './live/connection';
import { isPaused } from './live/feed';
import { LiveView, restartFeed, startFeed } from './live/view';
import { Overview } from './overview/view';
import { Choice } from './parts';
import { People } from './people/view';
import { address, brand, goTo, place, views } from './route';
import { Rules } from './rules/view';
import { theme, themes } from './theme';
import { language, words } from './words';

function State() {
  const w = words.value;
  const shown = connection.value === 'connected' && isPaused.value ? 'paused' : connection.value;
  const isResumed = shown === 'connected' && resumptions.value > 0;
  return (
    <p class="state" role="status" data-state={shown}>
      <span class="dot" aria-hidden="true" />
      {w[shown]}
      {isResumed && <small> {w.resumed}</small>}
    </p>
  );
}

function Header() {
  const w = words.value;
  const current = place.value;
  return (
    <header class="top">
      <h1>
        <span class="logo" aria-hidden="true" />
        Passaparola
      </h1>
      <nav aria-label={w.views}>
        {views.map((view) => (
          <a
            key={view}
            href={address(view)}
            aria-current={current.view === view ? 'page' : undefined}
          >
            {w[view]}
          </a>
        ))}
      </nav>
      <State />
      <div class="choices">
        <Choice
          name={w.brand}
          value={brand.value}
          options={[
            ['', w.allBrands],
            ...brands.value.map((one) => [one.id, one.name] as const),
            ...(brand.value && !brands.value.some((one) => one.id === brand.value)
              ? [[brand.value, brand.value] as const]
              : []),
          ]}
          choose={(id) => goTo(current.view, [], id)}
        />
        <Choice
          name={w.language}
          value={language.value}
          options={[['it', 'Italiano'], ['en', 'English']] as const}
          choose={(chosen) => {
            language.value = chosen;
          }}
        />
        <Choice
          name={w.theme}
          value={theme.value}
          options={themes.map((one) => [one, w[one]] as const)}
          choose={(chosen) => {
            theme.value = chosen;
          }}
        />
      </div>
    </header>
  );
}

function TokenForm() {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    useToken(input.current?.value ?? '');
    refreshBrands();
    restartFeed();
  };
  return (
    <form class="token" onSubmit={submit}>
      <label class="field">
        <span>{words.value.tokenLabel}</span>
        <input ref={input} type="password" autocomplete="off" spellcheck={false} />
      </label>
      <button type="submit">{words.value.connect}</button>
    </form>
  );
}

const shownViews = { live: LiveView, overview: Overview, people: People, rules: Rules };

function Page() {
  const View = shownViews[hasNoBrand.value ? 'rules' : place.value.view];
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {words.value.skip}
      </a>
      <Header />
      {isTokenAsked.value && <TokenForm />}
      <main id="main" tabIndex={-1}>
        {!isTokenAsked.value && <View />}
      </main>
    </>
  );
}

function skip(event: Event): void {
  event.preventDefault(); // the address says which view is shown
  document.getElementById('main')?.focus();
}

effect(() => {
  document.title = `${words.value[place.value.view]} · Passaparola`;
});
refreshBrands();
startFeed();
document.body.replaceChildren();
render(<Page />, document.body);
