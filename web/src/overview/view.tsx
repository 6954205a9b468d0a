// The overview of a brand: how much is said, how it is spoken of, warnings, and the sources.
import { brandName } from '../brands';
import { Choice, ChooseBrand } from '../parts';
import { brand } from '../route';
import { words } from '../words';
import { BrandFigures } from './figures';
import { range, type Range } from './ranges';
import { Recommending } from './recommending';
import { Sources } from './sources';
import { Voice } from './voice';
import { Warnings } from './warnings';

export function Overview() {
  const ofBrand = brand.value;
  const w = words.value;
  return (
    <div class="overview">
      <div class="head">
        <h2>{ofBrand ? brandName(ofBrand) : w.allBrands}</h2>
        <Choice
          name={w.range}
          value={range.value}
          options={Object.entries(w.ranges) as [Range, string][]}
          choose={(chosen) => {
            range.value = chosen;
          }}
        />
      </div>
      {ofBrand ? <BrandFigures /> : <ChooseBrand view="overview" />}
      <div class="halves">
        <Voice />
        {ofBrand && <Recommending />}
      </div>
      <div class="halves">
        <Warnings />
        <Sources />
      </div>
    </div>
  );
}
