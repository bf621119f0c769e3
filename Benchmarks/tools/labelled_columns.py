"""200 columns whose meaning is known, made from the formats of ten locales, the same ones each time.

    labelled_columns.py FOLDER      writes columns.csv and labels.json (column: class) to the folder

A class is what `weir profile` calls it; "none" are columns that only look like something. Values are made up, with valid
check digits where the format has some.
"""

import csv
import json
import pathlib
import random
import string
import sys

ROWS = 300

LOCALES = {
    "de": dict(
        first="Anna Jürgen Björn Sabine Käthe Lukas Leonie Maximilian Heike Uwe", last="Müller Schmidt Weiß Groß Özdemir Krause Schäfer Lange Vogt Jansen",
        city="Berlin|München|Köln|Bad Homburg|Frankfurt am Main|Görlitz", street="{last}straße {n}", company="{last} & Söhne GmbH|{last} AG|{last} KG",
        country="Deutschland|Österreich|Schweiz|Frankreich|Italien|Spanien|Polen|Niederlande", yes="ja nein", date="%d.%m.%Y", number="de",
        phone="+49 {a3} {d7}|0{a3}/{d7}|0{a3} {d6}", postal="{d5}", heads="Vorname,Name_vollständig,Telefon,PLZ,Lieferdatum,Newsletter,Land,Ort,Straße,Firma,Betrag,E-Mail"),
    "fr": dict(
        first="Chloé Benoît François Amélie Jean-Luc Léa Hélène Mathieu Inès Gaël", last="Lefèvre Dubois Martin Rousseau Garçon Noël Petit Fournier L'Hôte Moreau",
        city="Paris|Lyon|Saint-Étienne|Besançon|Nîmes|Le Havre", street="{n} rue {last}", company="{last} SARL|Société {last}|{last} et Fils",
        country="France|Allemagne|Espagne|Italie|Suisse|Belgique|Royaume-Uni|Pays-Bas", yes="oui non", date="%d/%m/%Y", number="fr",
        phone="+33 {x} {p2} {p2} {p2} {p2}|0{x} {p2} {p2} {p2} {p2}", postal="{d5}", heads="prénom,nom_complet,téléphone,code_postal,date_livraison,abonné,pays,ville,adresse,société,montant,courriel"),
    "en_US": dict(
        first="James Mary Robert Linda Ashley Tyrone Megan Dakota Hunter Grace", last="Smith Johnson O'Brien Garcia Miller Nguyen Washington Lee McDonald Brown",
        city="New York|Los Angeles|St. Louis|Salt Lake City|Miami|Portland", street="{n} {last} Ave", company="{last} Inc.|{last} & Co|{last} LLC",
        country="United States|Canada|Mexico|Brazil|Germany|Japan|France|China", yes="yes no", date="%m/%d/%Y", number="en",
        phone="({a3}) {a3}-{d4}|+1 {a3} {a3} {d4}|{a3}-{a3}-{d4}", postal="{d5}|{d5}-{d4}", heads="first_name,full_name,phone,zip,ship_date,subscribed,country,city,address,company,amount,email"),
    "en_GB": dict(
        first="Oliver Amelia Harry Isla Nigel Fiona Rhys Siobhan Alistair Poppy", last="Taylor Davies Evans Thompson Wright Walker MacLeod Hughes Ap-Rhys Clarke",
        city="London|Leeds|Stoke-on-Trent|Newcastle upon Tyne|Bath|York", street="{n} {last} Road", company="{last} Ltd|{last} plc|{last} & Partners",
        country="United Kingdom|Ireland|France|Germany|Spain|Portugal|India|Australia", yes="Y N", date="%d/%m/%Y", number="en",
        phone="+44 {a4} {d6}|0{a4} {d6}", postal="{A}{A}{x} {x}{A}{A}|{A}{x}{x} {x}{A}{A}", heads="given_name,contact_name,mobile,postcode,dispatched,opt_in,country_name,town,street,supplier,total,e_mail"),
    "es": dict(
        first="María José Lucía Íñigo Begoña Jesús Nuria Andrés Concepción Raúl", last="García López Martínez Núñez Ibáñez Peña Gómez Sáez Muñoz Díaz",
        city="Madrid|Sevilla|A Coruña|Logroño|San Sebastián|Málaga", street="Calle {last} {n}", company="{last} S.L.|{last} S.A.|Hermanos {last}",
        country="España|Portugal|Francia|Italia|Alemania|México|Argentina|Chile", yes="sí no", date="%d/%m/%Y", number="de",
        phone="+34 {a3} {d3} {d3}|6{d2} {d3} {d3}", postal="{d5}", heads="nombre_pila,nombre_completo,teléfono,código_postal,fecha_envío,suscrito,país,ciudad,dirección,empresa,importe,correo"),
    "it": dict(
        first="Giulia Niccolò Francesca Luca Chiara Matteo Agnese Davide Ilaria Pietro", last="Rossi Bianchi Esposito D'Angelo Ricci Conti De Luca Greco Fontana",
        city="Roma|Milano|Reggio nell'Emilia|L'Aquila|Forlì|Napoli", street="Via {last} {n}", company="{last} S.r.l.|{last} S.p.A.|Fratelli {last}",
        country="Italia|Francia|Germania|Spagna|Svizzera|Austria|Regno Unito|Stati Uniti", yes="sì no", date="%d/%m/%Y", number="de",
        phone="+39 {a3} {d7}|0{a2} {d7}", postal="{d5}", heads="nome_proprio,nome_completo,cellulare,CAP,data_consegna,iscritto,nazione,città,indirizzo,azienda,importo,posta_mail"),
    "pl": dict(
        first="Agnieszka Łukasz Małgorzata Paweł Zofia Krzysztof Żaneta Stanisław Ewa Michał", last="Nowak Kowalski Wiśniewska Wójcik Dąbrowski Zieliński Szymańska Woźniak Król Jabłoński",
        city="Warszawa|Łódź|Kraków|Gdańsk|Bielsko-Biała|Zielona Góra", street="ul. {last} {n}", company="{last} Sp. z o.o.|{last} S.A.|Zakłady {last}",
        country="Polska|Niemcy|Czechy|Francja|Włochy|Hiszpania|Słowacja|Ukraina", yes="tak nie", date="%d.%m.%Y", number="fr",
        phone="+48 {a3} {d3} {d3}|{a3} {d3} {d3}", postal="{p2}-{d3}", heads="imię,imię_i_nazwisko,telefon,kod_pocztowy,data_dostawy,zgoda,kraj,miasto,ulica,firma,kwota,e-mail"),
    "pt_BR": dict(
        first="João Conceição Antônio Luíza Thiago Fernanda Inácio Letícia Marcos Débora", last="Silva Santos Gonçalves Araújo Brandão Conceição Pereira Guimarães Teixeira Rocha",
        city="São Paulo|Rio de Janeiro|Belém|Florianópolis|Ribeirão Preto|Natal", street="Rua {last}, {n}", company="{last} Ltda|{last} S/A|Irmãos {last}",
        country="Brasil|Argentina|Portugal|Estados Unidos|Alemanha|Espanha|Uruguai|Itália", yes="sim não", date="%d/%m/%Y", number="de",
        phone="+55 {a2} 9{d4}-{d4}|({a2}) 9{d4}-{d4}", postal="{d5}-{d3}", heads="primeiro_nome,nome_completo,telefone,CEP,data_entrega,ativo,país,cidade,rua,fornecedor,valor,email_cliente"),
    "ja": dict(
        first="太郎 花子 健一 美咲 翔太 陽子 大輔 さくら 直樹 恵", last="佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤",
        city="東京|大阪|京都|札幌|名古屋|横浜", street="{last}町{n}丁目", company="株式会社{last}|{last}商事|有限会社{last}",
        country="日本|アメリカ合衆国|中国|韓国|フランス|ドイツ|イギリス|イタリア", yes="はい いいえ", date="%Y/%m/%d", number="en",
        phone="0{x}-{d4}-{d4}|+81 {x} {d4} {d4}|090-{d4}-{d4}", postal="{d3}-{d4}", heads="名,氏名,電話番号,郵便番号,配達日,同意,国,市,住所,会社,金額,メール"),
    "ru": dict(
        first="Анна Дмитрий Ольга Сергей Наталья Пётр Юлия Алексей Мария Иван", last="Иванов Смирнова Кузнецов Попова Соколов Лебедева Козлов Новикова Морозов Волкова",
        city="Москва|Санкт-Петербург|Казань|Нижний Новгород|Екатеринбург|Омск", street="ул. {last}, д. {n}", company="ООО {last}|АО {last}|ЗАО {last}",
        country="Россия|Германия|Франция|Италия|Китай|Казахстан|Польша|США", yes="да нет", date="%d.%m.%Y", number="fr",
        phone="+7 {a3} {d3}-{p2}-{p2}|8 ({a3}) {d3}-{p2}-{p2}", postal="{d6}", heads="имя,ФИО,телефон,индекс,дата_доставки,согласие,страна,город,улица,компания,сумма,почта"),
}
CLASSES = "person_name person_name phone postal_code date boolean country none none none decimal email".split()

IBANS = dict(DE=(18, 0), FR=(23, 0), GB=(14, 4), ES=(20, 0), IT=(22, 1), PL=(24, 0), BR=(25, 0), NL=(10, 4), CH=(17, 0), AT=(16, 0))


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def digits(self, count, first="0123456789"):
        return self.r.choice(first) + "".join(self.r.choice(string.digits) for _ in range(count - 1)) if count else ""

    def letters(self, count):
        return "".join(self.r.choice(string.ascii_uppercase) for _ in range(count))

    def fill(self, pattern, **more):
        out = self.r.choice(pattern.split("|"))
        for name, value in more.items():
            out = out.replace("{" + name + "}", value)
        while "{" in out:
            start, end = out.index("{"), out.index("}")
            mark = out[start + 1 : end]
            if mark == "A":
                value = self.letters(1)
            elif mark == "x":
                value = self.digits(1, "123456789")
            elif mark == "n":
                value = str(self.r.randint(1, 180))
            else:
                # a: no leading zero, as an area code; p and d: any digits.
                value = self.digits(int(mark[1:]), "23456789" if mark[0] == "a" else string.digits)
            out = out[:start] + value + out[end + 1 :]
        return out

    def date(self):
        return self.r.randint(1, 28), self.r.randint(1, 12), self.r.randint(1950, 2025)

    def strftime(self, form):
        day, month, year = self.date()
        return form.replace("%d", f"{day:02}").replace("%m", f"{month:02}").replace("%Y", str(year))

    def number(self, style):
        text = f"{self.r.uniform(1, 20000):,.2f}"
        if style == "en":
            return text.replace(",", "")
        return text.replace(",", "x").replace(".", ",").replace("x", "." if style == "de" else " ")

    def iban(self, country):
        count, letters = IBANS[country]
        body = self.letters(letters) + self.digits(count)
        if country == "FR":
            body = self.digits(21) + self.letters(1) + self.digits(1)
        if country == "IT":
            body = self.letters(1) + self.digits(22)
        if country == "BR":
            body = self.digits(23) + "P1"
        number = "".join(str(int(c, 36)) for c in body + country + "00")
        return f"{country}{98 - int(number) % 97:02}{body}"

    def card(self, prefix, length):
        body = prefix + self.digits(length - len(prefix) - 1)
        total = 0
        for index, digit in enumerate(reversed(body)):
            doubled = int(digit) * 2
            total += int(digit) if index % 2 else doubled - 9 if doubled > 9 else doubled
        return body + str(-total % 10)

    def ean(self, prefix, length):
        body = prefix + self.digits(length - len(prefix) - 1)
        total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
        return body + str(-total % 10)

    def isbn10(self):
        body = self.digits(9)
        total = sum(int(d) * (10 - i) for i, d in enumerate(body))
        return body + "0123456789X"[-total % 11]

    def hexes(self, count):
        return "".join(self.r.choice("0123456789abcdef") for _ in range(count))

    def uuid(self):
        return "-".join(self.hexes(n) for n in (8, 4, 4, 4, 12))

    def pick(self, text, separator=" "):
        return self.r.choice(text.split(separator))


def grouped(text):
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def local_columns():
    for name, locale in LOCALES.items():
        m = Maker(name)
        first, last = locale["first"].split(), locale["last"].split()
        heads = locale["heads"].split(",")
        space = "" if name == "ja" else " "

        def full(m=m, first=first, last=last, space=space, name=name):
            pair = (m.r.choice(first), m.r.choice(last))
            return space.join(reversed(pair) if name == "ja" else pair)

        def email(m=m):
            return f"{m.pick('anna jo.h max_m k-l info sales')}{m.digits(3)}@{m.pick('example mail web shop')}.{m.pick('com de fr co.uk es it pl com.br jp ru')}"

        makers = [
            lambda m=m, f=first: m.r.choice(f), full,
            lambda m=m, p=locale["phone"]: m.fill(p), lambda m=m, p=locale["postal"]: m.fill(p),
            lambda m=m, d=locale["date"]: m.strftime(d), lambda m=m, y=locale["yes"]: m.pick(y),
            lambda m=m, c=locale["country"]: m.pick(c, "|"), lambda m=m, c=locale["city"]: m.pick(c, "|"),
            lambda m=m, s=locale["street"], l=last: m.fill(s, last=m.r.choice(l)),
            lambda m=m, s=locale["company"], l=last: m.fill(s, last=m.r.choice(l)),
            lambda m=m, n=locale["number"]: m.number(n), email,
        ]
        for head, label, maker in zip(heads, CLASSES, makers):
            yield f"{head} ({name})", label, maker


def common_columns():
    m = Maker("common")
    r = m.r
    for country in IBANS:
        yield f"account_{country}", "iban", lambda c=country: m.iban(c)
    yield "iban_grouped", "iban", lambda: grouped(m.iban("DE"))
    yield "x1", "card_number", lambda: m.card(m.pick("4 51 55 2221"), 16)
    yield "card", "card_number", lambda: grouped(m.card("4", 16))
    yield "amex", "card_number", lambda: m.card(m.pick("34 37"), 15)
    yield "isbn", "isbn", lambda: m.ean("978", 13)
    yield "isbn10", "isbn", m.isbn10
    yield "ean", "ean", lambda: m.ean(m.pick("40 45 50"), 13)
    yield "bic", "bic", lambda: m.letters(4) + m.pick("DE FR GB IT ES PL") + m.letters(2) + m.pick("XXX|", "|")
    yield "currency", "currency", lambda: m.pick("EUR USD GBP JPY PLN BRL CHF")
    yield "cur2", "currency", lambda: m.pick("SEK NOK DKK CZK HUF RON")
    yield "lang", "language", lambda: m.pick("de fr en es it pl pt ja ru")
    yield "locale", "language", lambda: m.pick("de-DE fr-FR en-US en-GB es-ES pt-BR ja-JP")
    yield "country_code", "country", lambda: m.pick("DE FR US GB ES IT PL BR JP RU")
    yield "iso3", "country", lambda: m.pick("DEU FRA USA GBR ESP ITA POL BRA JPN RUS")
    yield "origin", "country", lambda: m.pick("DE AT CH LI LU BE NL")
    yield "site", "url", lambda: f"https://www.{m.pick('a b shop')}{m.digits(2)}.com/{m.hexes(5)}?q={m.digits(2)}"
    yield "object", "url", lambda: f"s3://bucket/{m.hexes(8)}.parquet"
    yield "host", "hostname", lambda: f"db-{m.digits(2)}.{m.pick('eu us ap')}.example.com"
    yield "client", "ipv4", lambda: ".".join(str(r.randint(1, 255)) for _ in range(4))
    yield "ip_private", "ipv4", lambda: f"10.0.{r.randint(0, 9)}.{r.randint(1, 254)}"
    yield "ip6", "ipv6", lambda: "2001:db8:" + ":".join(m.hexes(4) for _ in range(6))
    yield "ip6_short", "ipv6", lambda: f"fe80::{m.hexes(4)}:{m.hexes(4)}"
    yield "mac", "mac", lambda: ":".join(m.hexes(2) for _ in range(6))
    yield "device", "mac", lambda: "-".join(m.hexes(2).upper() for _ in range(6))
    yield "guid", "uuid", m.uuid
    yield "payload", "json", lambda: json.dumps({"a": r.randint(1, 9), "b": [1, m.hexes(3)]})
    yield "md5", "hash", lambda: m.hexes(32)
    yield "sha256", "hash", lambda: m.hexes(64)
    yield "checkin", "time", lambda: f"{r.randint(0, 23):02}:{r.randint(0, 59):02}"
    yield "lat", "latitude", lambda: f"{r.uniform(-90, 90):.5f}"
    yield "lng", "longitude", lambda: f"{r.uniform(-180, 180):.5f}"
    yield "ssn", "us_ssn", lambda: f"{r.randint(100, 665)}-{r.randint(10, 99)}-{r.randint(1000, 9999)}"
    yield "created", "timestamp", lambda: m.strftime("%Y-%m-%dT") + f"{r.randint(0, 23):02}:{r.randint(0, 59):02}:00Z"
    yield "seen", "timestamp", lambda: m.strftime("%d.%m.%Y ") + f"{r.randint(0, 23):02}:{r.randint(0, 59):02}"
    yield "iso_day", "date", lambda: m.strftime("%Y-%m-%d")
    yield "day_en", "date", lambda: f"{r.randint(1, 28)} {m.pick('Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec')} {r.randint(1990, 2025)}"
    yield "flag", "boolean", lambda: m.pick("true false")
    yield "count", "integer", lambda: str(r.randint(0, 500))
    yield "ratio", "decimal", lambda: f"{r.random():.4f}"
    # What only looks like something.
    yield "digits16", "integer", lambda: m.digits(16, "123456789")
    yield "digits15", "integer", lambda: m.digits(15, "123456789")
    yield "digits13", "integer", lambda: m.digits(13, "123456789")
    yield "digits10", "integer", lambda: m.digits(10, "123456789")
    yield "serial", "none", lambda: m.digits(16, "0")
    yield "card_ref", "integer", lambda: "4" + m.digits(15)
    yield "order_no", "none", lambda: f"ORD-{m.digits(8)}"
    yield "invoice", "none", lambda: f"{r.randint(2019, 2025)}-{m.digits(5)}"
    yield "ticket", "none", lambda: f"{m.letters(3)}-{m.digits(4)}"
    yield "version", "none", lambda: f"{r.randint(0, 9)}.{r.randint(0, 20)}.{r.randint(0, 30)}"
    yield "build", "none", lambda: f"{r.randint(1, 9)}.{r.randint(0, 9)}.{r.randint(0, 20)}.{r.randint(0, 40)}"
    yield "sku", "none", lambda: f"SKU-{m.letters(2)}{m.digits(4)}"
    yield "batch", "none", lambda: m.letters(8)
    yield "code3", "none", lambda: m.letters(3)
    yield "code2", "none", lambda: m.letters(2)
    yield "airport", "none", lambda: m.pick("JFK LHR CDG FRA MUC MAD FCO WAW GRU HND SVO LAX ORD AMS")
    yield "state", "none", lambda: m.pick("NY TX CA WA OR NV OH WI NJ NH HI AK RI KS VT WV WY OK")
    yield "status", "none", lambda: m.pick("open paid shipped returned")
    yield "level", "none", lambda: m.pick("low medium high")
    yield "file", "none", lambda: f"{m.pick('report scan photo')}_{m.digits(3)}.{m.pick('pdf png docx')}"
    yield "path", "none", lambda: f"/var/data/{m.hexes(4)}/{m.hexes(4)}.log"
    yield "colour", "none", lambda: f"#{m.hexes(6)}"
    yield "plate", "none", lambda: f"{m.letters(2)}-{m.letters(2)} {m.digits(3)}"
    yield "size", "none", lambda: f"{r.randint(10, 90)}x{r.randint(10, 90)}"
    yield "percent", "none", lambda: f"{r.randint(0, 100)} %"
    yield "weight", "none", lambda: f"{r.uniform(1, 90):.1f} kg"
    yield "note", "none", lambda: " ".join(m.pick("please call back later the parcel was wet and late again") for _ in range(6))
    yield "product", "none", lambda: f"{m.pick('Blue Red Old New')} {m.pick('Chair Lamp Table Shelf')}"
    yield "score", "none", lambda: f"{r.randint(0, 5)}:{r.randint(0, 5)}"
    yield "gene", "none", lambda: f"{m.letters(4)}{m.digits(1)}"
    yield "account_no", "none", lambda: "0" + m.digits(9)


def columns():
    found = [*local_columns(), *common_columns()]
    if len(found) != 200 or len({name for name, _, _ in found}) != 200:
        sys.exit(f"labelled_columns.py: {len(found)} columns, 200 of different names are wanted")
    return found


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    found = columns()
    with open(folder / "columns.csv", "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow([name for name, _, _ in found])
        values = [[make() for _ in range(ROWS)] for _, _, make in found]
        writer.writerows(zip(*values))
    (folder / "labels.json").write_text(json.dumps({name: label for name, label, _ in found}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
