/// Closed lists of codes (ISO 3166-1, ISO 4217, ISO 639-1), and words that mean the same everywhere.
enum WordLists {
    static let countries2 = Set(
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW UK EU"
            .split(separator: " ").map(String.init))
    static let countries3 = Set(
        "AFG ALB DZA AND AGO ARG ARM AUS AUT AZE BHS BHR BGD BRB BLR BEL BLZ BEN BTN BOL BIH BWA BRA BRN BGR BFA BDI KHM CMR CAN CPV CAF TCD CHL CHN COL COM COG COD CRI CIV HRV CUB CYP CZE DNK DJI DMA DOM ECU EGY SLV GNQ ERI EST ETH FJI FIN FRA GAB GMB GEO DEU GHA GRC GRD GTM GIN GNB GUY HTI HND HKG HUN ISL IND IDN IRN IRQ IRL ISR ITA JAM JPN JOR KAZ KEN KIR PRK KOR KWT KGZ LAO LVA LBN LSO LBR LBY LIE LTU LUX MAC MDG MWI MYS MDV MLI MLT MHL MRT MUS MEX FSM MDA MCO MNG MNE MAR MOZ MMR NAM NRU NPL NLD NZL NIC NER NGA MKD NOR OMN PAK PLW PAN PNG PRY PER PHL POL PRT PRI QAT ROU RUS RWA WSM SMR STP SAU SEN SRB SYC SLE SGP SVK SVN SLB SOM ZAF SSD ESP LKA SDN SUR SWE CHE SYR TWN TJK TZA THA TLS TGO TON TTO TUN TUR TKM TUV UGA UKR ARE GBR USA URY UZB VUT VEN VNM YEM ZMB ZWE"
            .split(separator: " ").map(String.init))
    static let countryNames = Set(
        [
            "afghanistan", "albania", "algeria", "argentina", "armenia", "australia", "austria", "azerbaijan",
            "bangladesh", "belarus", "belgium", "bolivia", "bosnia and herzegovina", "brazil", "bulgaria", "cambodia",
            "cameroon", "canada", "chile", "china", "colombia", "costa rica", "croatia", "cuba", "cyprus", "czechia",
            "czech republic", "denmark", "dominican republic", "ecuador", "egypt", "estonia", "ethiopia", "finland",
            "france", "georgia", "germany", "ghana", "greece", "guatemala", "hungary", "iceland", "india", "indonesia",
            "iran", "iraq", "ireland", "israel", "italy", "jamaica", "japan", "jordan", "kazakhstan", "kenya",
            "south korea", "kuwait", "latvia", "lebanon", "liechtenstein", "lithuania", "luxembourg", "malaysia",
            "malta", "mexico", "moldova", "monaco", "mongolia", "montenegro", "morocco", "nepal", "netherlands",
            "new zealand", "nigeria", "north macedonia", "norway", "oman", "pakistan", "panama", "paraguay", "peru",
            "philippines", "poland", "portugal", "qatar", "romania", "russia", "saudi arabia", "senegal", "serbia",
            "singapore", "slovakia", "slovenia", "south africa", "spain", "sri lanka", "sweden", "switzerland",
            "taiwan", "tanzania", "thailand", "tunisia", "turkey", "uganda", "ukraine", "united arab emirates",
            "united kingdom", "united states", "usa", "uruguay", "uzbekistan", "venezuela", "vietnam", "zambia",
            "zimbabwe", "deutschland", "österreich", "schweiz", "frankreich", "italien", "spanien", "españa", "italia",
            "brasil", "polska", "sverige", "norge", "danmark", "suomi", "nederland", "belgië", "belgique", "suisse",
        ])
    static let currencies = Set(
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL"
            .split(separator: " ").map(String.init))
    static let languages = Set(
        "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
            .split(separator: " ").map(String.init))

    /// Yes and no in the languages of Europe, Russian and Japanese.
    static let truths = Set(
        "true false yes no y n t f ja nein oui non si sí sì sim não nao tak nie da нет да はい いいえ ano ne igen nem evet hayır nee nej nei"
            .split(separator: " ").map(String.init))

    /// Texts that people write where there is no value.
    static let standIns: Set<String> = [
        "na", "n/a", "n.a.", "#n/a", "null", "none", "nan", "nil", "-", "--", "---", "?", "\\n", "unknown", "undefined",
        "missing", "not available", "not applicable", "tbd", "xxx", "(null)", "<null>", "#ref!", "#value!", "#div/0!",
        "9999-12-31", "0000-00-00", "1900-01-01",
    ]
}
