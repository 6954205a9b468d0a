// The page of the server: a live feed, an overview, people, and rules.
import 'uplot/dist/uPlot.min.css';
import '../styles/tokens.css';
import '../styles/page.css';
import '../styles/live.css';
import '../styles/views.css';
import { computed, effect, untracked } from '@preact/signals';
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isTokenAsked, useToken } from './api';
import { Banner, State } from './banner';
import { brands, hasNoBrand, refreshBrands } from './brands';
import { connection } from './live/connection';
import { selectedId } from './live/rows';
import { LiveView, restartFeed, startFeed } from './live/view';
import { Overview } from './overview/view';
import { Choice } from './parts';
import { People } from './people/view';
import { address, brand, goTo, place, views } from './route';
import { Rules } from './rules/view';
import { theme, themes } from './theme';
import { language, words } from './words';

// Before there is a brand nothing but the rules has anything to show.
const shownView = computed(() => (hasNoBrand.value ? 'rules' : place.value.view));

function Navigation() {
  const w = words.value;
  const rest = { live: selectedId.value ? [selectedId.value] : [], overview: [], people: [], rules: [] };
  return (
    <nav aria-label={w.views}>
      {views.map((view) => (
        <a
          key={view}
          href={address(view, rest[view])}
          aria-current={shownView.value === view ? 'page' : undefined}
        >
          {w[view]}
        </a>
      ))}
    </nav>
  );
}

function BrandChoice() {
  const known = brands.value.map(({ id, name }) => [id, name] as const);
  const isUnknown = brand.value !== '' && !known.some(([id]) => id === brand.value);
  const unknown = isUnknown ? [[brand.value, brand.value] as const] : [];
  return (
    <Choice
      name={words.value.brand}
      value={brand.value}
      options={[['', words.value.allBrands], ...known, ...unknown]}
      choose={(id) => goTo(place.value.view, [], id)}
    />
  );
}

function Header() {
  const w = words.value;
  return (
    <header class="top">
      <h1>
        <span class="logo" aria-hidden="true" />
        Passaparola
      </h1>
      {!hasNoBrand.value && <Navigation />}
      <State />
      <div class="choices">
        {!hasNoBrand.value && <BrandChoice />}
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
  const View = shownViews[shownView.value];
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
      <Banner />
    </>
  );
}

function skip(event: Event): void {
  event.preventDefault(); // the address says which view is shown
  document.getElementById('main')?.focus();
}

effect(() => {
  const w = words.value;
  document.title = `${hasNoBrand.value ? w.firstRun : w[place.value.view]} · Passaparola`;
});
effect(() => {
  if (connection.value === 'connected') untracked(refreshBrands);
});
refreshBrands();
startFeed();
document.body.replaceChildren();
render(<Page />, document.body);
