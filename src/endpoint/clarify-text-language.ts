import { Token } from 'aws-cdk-lib/core';
import { validationError } from '../private/errors';

/**
 * The language of text that SageMaker Clarify explains.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ClarifyTextConfig.html
 */
export class ClarifyTextLanguage {
  /** Afrikaans, `af`. */
  public static readonly AFRIKAANS = new ClarifyTextLanguage('af');
  /** Albanian, `sq`. */
  public static readonly ALBANIAN = new ClarifyTextLanguage('sq');
  /** Arabic, `ar`. */
  public static readonly ARABIC = new ClarifyTextLanguage('ar');
  /** Armenian, `hy`. */
  public static readonly ARMENIAN = new ClarifyTextLanguage('hy');
  /** Basque, `eu`. */
  public static readonly BASQUE = new ClarifyTextLanguage('eu');
  /** Bengali, `bn`. */
  public static readonly BENGALI = new ClarifyTextLanguage('bn');
  /** Bulgarian, `bg`. */
  public static readonly BULGARIAN = new ClarifyTextLanguage('bg');
  /** Catalan, `ca`. */
  public static readonly CATALAN = new ClarifyTextLanguage('ca');
  /** Chinese, `zh`. */
  public static readonly CHINESE = new ClarifyTextLanguage('zh');
  /** Croatian, `hr`. */
  public static readonly CROATIAN = new ClarifyTextLanguage('hr');
  /** Czech, `cs`. */
  public static readonly CZECH = new ClarifyTextLanguage('cs');
  /** Danish, `da`. */
  public static readonly DANISH = new ClarifyTextLanguage('da');
  /** Dutch, `nl`. */
  public static readonly DUTCH = new ClarifyTextLanguage('nl');
  /** English, `en`. */
  public static readonly ENGLISH = new ClarifyTextLanguage('en');
  /** Estonian, `et`. */
  public static readonly ESTONIAN = new ClarifyTextLanguage('et');
  /** Finnish, `fi`. */
  public static readonly FINNISH = new ClarifyTextLanguage('fi');
  /** French, `fr`. */
  public static readonly FRENCH = new ClarifyTextLanguage('fr');
  /** German, `de`. */
  public static readonly GERMAN = new ClarifyTextLanguage('de');
  /** Greek, `el`. */
  public static readonly GREEK = new ClarifyTextLanguage('el');
  /** Gujarati, `gu`. */
  public static readonly GUJARATI = new ClarifyTextLanguage('gu');
  /** Hebrew, `he`. */
  public static readonly HEBREW = new ClarifyTextLanguage('he');
  /** Hindi, `hi`. */
  public static readonly HINDI = new ClarifyTextLanguage('hi');
  /** Hungarian, `hu`. */
  public static readonly HUNGARIAN = new ClarifyTextLanguage('hu');
  /** Icelandic, `is`. */
  public static readonly ICELANDIC = new ClarifyTextLanguage('is');
  /** Indonesian, `id`. */
  public static readonly INDONESIAN = new ClarifyTextLanguage('id');
  /** Irish, `ga`. */
  public static readonly IRISH = new ClarifyTextLanguage('ga');
  /** Italian, `it`. */
  public static readonly ITALIAN = new ClarifyTextLanguage('it');
  /** Kannada, `kn`. */
  public static readonly KANNADA = new ClarifyTextLanguage('kn');
  /** Kyrgyz, `ky`. */
  public static readonly KYRGYZ = new ClarifyTextLanguage('ky');
  /** Latvian, `lv`. */
  public static readonly LATVIAN = new ClarifyTextLanguage('lv');
  /** Ligurian, `lij`. */
  public static readonly LIGURIAN = new ClarifyTextLanguage('lij');
  /** Lithuanian, `lt`. */
  public static readonly LITHUANIAN = new ClarifyTextLanguage('lt');
  /** Luxembourgish, `lb`. */
  public static readonly LUXEMBOURGISH = new ClarifyTextLanguage('lb');
  /** Macedonian, `mk`. */
  public static readonly MACEDONIAN = new ClarifyTextLanguage('mk');
  /** Malayalam, `ml`. */
  public static readonly MALAYALAM = new ClarifyTextLanguage('ml');
  /** Marathi, `mr`. */
  public static readonly MARATHI = new ClarifyTextLanguage('mr');
  /** Nepali, `ne`. */
  public static readonly NEPALI = new ClarifyTextLanguage('ne');
  /** Norwegian Bokmål, `nb`. */
  public static readonly NORWEGIAN_BOKMAL = new ClarifyTextLanguage('nb');
  /** Persian, `fa`. */
  public static readonly PERSIAN = new ClarifyTextLanguage('fa');
  /** Polish, `pl`. */
  public static readonly POLISH = new ClarifyTextLanguage('pl');
  /** Portuguese, `pt`. */
  public static readonly PORTUGUESE = new ClarifyTextLanguage('pt');
  /** Romanian, `ro`. */
  public static readonly ROMANIAN = new ClarifyTextLanguage('ro');
  /** Russian, `ru`. */
  public static readonly RUSSIAN = new ClarifyTextLanguage('ru');
  /** Sanskrit, `sa`. */
  public static readonly SANSKRIT = new ClarifyTextLanguage('sa');
  /** Serbian, `sr`. */
  public static readonly SERBIAN = new ClarifyTextLanguage('sr');
  /** Setswana, `tn`. */
  public static readonly SETSWANA = new ClarifyTextLanguage('tn');
  /** Sinhala, `si`. */
  public static readonly SINHALA = new ClarifyTextLanguage('si');
  /** Slovak, `sk`. */
  public static readonly SLOVAK = new ClarifyTextLanguage('sk');
  /** Slovenian, `sl`. */
  public static readonly SLOVENIAN = new ClarifyTextLanguage('sl');
  /** Spanish, `es`. */
  public static readonly SPANISH = new ClarifyTextLanguage('es');
  /** Swedish, `sv`. */
  public static readonly SWEDISH = new ClarifyTextLanguage('sv');
  /** Tagalog, `tl`. */
  public static readonly TAGALOG = new ClarifyTextLanguage('tl');
  /** Tamil, `ta`. */
  public static readonly TAMIL = new ClarifyTextLanguage('ta');
  /** Tatar, `tt`. */
  public static readonly TATAR = new ClarifyTextLanguage('tt');
  /** Telugu, `te`. */
  public static readonly TELUGU = new ClarifyTextLanguage('te');
  /** Turkish, `tr`. */
  public static readonly TURKISH = new ClarifyTextLanguage('tr');
  /** Ukrainian, `uk`. */
  public static readonly UKRAINIAN = new ClarifyTextLanguage('uk');
  /** Urdu, `ur`. */
  public static readonly URDU = new ClarifyTextLanguage('ur');
  /** Yoruba, `yo`. */
  public static readonly YORUBA = new ClarifyTextLanguage('yo');
  /** Several languages, `xx`. */
  public static readonly MULTI_LANGUAGE = new ClarifyTextLanguage('xx');

  /**
   * Any other language that Clarify knows.
   *
   * @param code the code of ISO 639-1 or ISO 639-3, two or three small letters
   */
  public static of(code: string): ClarifyTextLanguage {
    if (!Token.isUnresolved(code) && !/^[a-z]{2,3}$/.test(code)) {
      throw validationError('ClarifyTextLanguage.of', { property: 'code', rule: 'must be two or three small letters', got: code });
    }
    return new ClarifyTextLanguage(code);
  }

  private constructor(private readonly code: string) {}

  /** The code of the language. */
  public toString(): string {
    return this.code;
  }
}
