/// Names of the 46 largest trading countries as ten languages write them, after the Unicode CLDR, in lower case.
enum CountryNames {
    static let all = Set(
        text.split(separator: "|").map(String.init))

    private static let text = [
        // de
        "deutschland|österreich|schweiz|frankreich|italien|spanien|polen|niederlande|belgien|luxemburg",
        "vereinigtes königreich|irland|vereinigte staaten|kanada|mexiko|brasilien|argentinien|chile|kolumbien",
        "peru|uruguay|portugal|dänemark|schweden|norwegen|finnland|tschechien|slowakei|ungarn|rumänien",
        "bulgarien|griechenland|türkei|russland|ukraine|kasachstan|china|japan|südkorea|indien|australien",
        "neuseeland|südafrika|ägypten|israel|großbritannien|usa|tschechische republik",
        // fr
        "allemagne|autriche|suisse|france|italie|espagne|pologne|pays-bas|belgique|luxembourg|royaume-uni",
        "irlande|états-unis|canada|mexique|brésil|argentine|chili|colombie|pérou|uruguay|portugal|danemark",
        "suède|norvège|finlande|tchéquie|slovaquie|hongrie|roumanie|bulgarie|grèce|turquie|russie|ukraine",
        "kazakhstan|chine|japon|corée du sud|inde|australie|nouvelle-zélande|afrique du sud|égypte|israël",
        "république tchèque|grande-bretagne|usa",
        // es
        "alemania|austria|suiza|francia|italia|españa|polonia|países bajos|bélgica|luxemburgo|reino unido",
        "irlanda|estados unidos|canadá|méxico|brasil|argentina|chile|colombia|perú|uruguay|portugal|dinamarca",
        "suecia|noruega|finlandia|chequia|eslovaquia|hungría|rumanía|bulgaria|grecia|turquía|rusia|ucrania",
        "kazajistán|china|japón|corea del sur|india|australia|nueva zelanda|sudáfrica|egipto|israel",
        "república checa|ee. uu.|gran bretaña",
        // it
        "germania|austria|svizzera|francia|italia|spagna|polonia|paesi bassi|belgio|lussemburgo|regno unito",
        "irlanda|stati uniti|canada|messico|brasile|argentina|cile|colombia|perù|uruguay|portogallo|danimarca",
        "svezia|norvegia|finlandia|cechia|slovacchia|ungheria|romania|bulgaria|grecia|turchia|russia|ucraina",
        "kazakistan|cina|giappone|corea del sud|india|australia|nuova zelanda|sudafrica|egitto|israele",
        "repubblica ceca|gran bretagna|usa",
        // pl
        "niemcy|austria|szwajcaria|francja|włochy|hiszpania|polska|holandia|belgia|luksemburg|wielka brytania",
        "irlandia|stany zjednoczone|kanada|meksyk|brazylia|argentyna|chile|kolumbia|peru|urugwaj|portugalia",
        "dania|szwecja|norwegia|finlandia|czechy|słowacja|węgry|rumunia|bułgaria|grecja|turcja|rosja|ukraina",
        "kazachstan|chiny|japonia|korea południowa|indie|australia|nowa zelandia|republika południowej afryki",
        "egipt|izrael|usa|niderlandy|rpa",
        // pt
        "alemanha|áustria|suíça|frança|itália|espanha|polônia|países baixos|bélgica|luxemburgo|reino unido",
        "irlanda|estados unidos|canadá|méxico|brasil|argentina|chile|colômbia|peru|uruguai|portugal|dinamarca",
        "suécia|noruega|finlândia|tchéquia|eslováquia|hungria|romênia|bulgária|grécia|turquia|rússia|ucrânia",
        "cazaquistão|china|japão|coreia do sul|índia|austrália|nova zelândia|áfrica do sul|egito|israel",
        "polónia|república tcheca|irã",
        // ja
        "ドイツ|オーストリア|スイス|フランス|イタリア|スペイン|ポーランド|オランダ|ベルギー|ルクセンブルク|イギリス|アイルランド|アメリカ合衆国|カナダ|メキシコ|ブラジル|アルゼンチン|チリ",
        "コロンビア|ペルー|ウルグアイ|ポルトガル|デンマーク|スウェーデン|ノルウェー|フィンランド|チェコ|スロバキア|ハンガリー|ルーマニア|ブルガリア|ギリシャ|トルコ|ロシア|ウクライナ|カザフスタン",
        "中国|日本|韓国|インド|オーストラリア|ニュージーランド|南アフリカ|エジプト|イスラエル|アメリカ|英国|米国|ロシア連邦|中華人民共和国|大韓民国",
        // ru
        "германия|австрия|швейцария|франция|италия|испания|польша|нидерланды|бельгия|люксембург|великобритания",
        "ирландия|соединенные штаты америки|канада|мексика|бразилия|аргентина|чили|колумбия|перу|уругвай",
        "португалия|дания|швеция|норвегия|финляндия|чехия|словакия|венгрия|румыния|болгария|греция|турция",
        "россия|украина|казахстан|китай|япония|республика корея|индия|австралия|новая зеландия",
        "южно-африканская республика|египет|израиль|сша|южная корея|юар|голландия|российская федерация",
        // nl
        "duitsland|oostenrijk|zwitserland|frankrijk|italië|spanje|polen|nederland|belgië|luxemburg",
        "verenigd koninkrijk|ierland|verenigde staten|canada|mexico|brazilië|argentinië|chili|colombia|peru",
        "uruguay|portugal|denemarken|zweden|noorwegen|finland|tsjechië|slowakije|hongarije|roemenië|bulgarije",
        "griekenland|turkije|rusland|oekraïne|kazachstan|china|japan|zuid-korea|india|australië|nieuw-zeeland",
        "zuid-afrika|egypte|israël|vs|engeland",
        // sv
        "tyskland|österrike|schweiz|frankrike|italien|spanien|polen|nederländerna|belgien|luxemburg",
        "storbritannien|irland|usa|kanada|mexiko|brasilien|argentina|chile|colombia|peru|uruguay|portugal",
        "danmark|sverige|norge|finland|tjeckien|slovakien|ungern|rumänien|bulgarien|grekland|turkiet|ryssland",
        "ukraina|kazakstan|kina|japan|sydkorea|indien|australien|nya zeeland|sydafrika|egypten|israel",
        "tjeckiska republiken|holland",
    ].joined(separator: "|")
}
