"""Countries, regions and cities by name: what settles the country of a place for a reader of a CV."""

from __future__ import annotations

_COUNTRIES = {
    "US": "usa|u.s.a.|united states|united states of america|vereinigte staaten|estados unidos|us",
    "GB": (
        "uk|united kingdom|great britain|england|scotland|wales|northern ireland|grossbritannien|reino unido"
    ),
    "DE": "germany|deutschland|alemania|allemagne",
    "AT": "austria|osterreich",
    "CH": "switzerland|schweiz|suiza|suisse",
    "ES": "spain|espana|spanien|espagne",
    "FR": "france|frankreich|francia",
    "IT": "italy|italien|italia|italie",
    "PT": "portugal",
    "NL": "netherlands|the netherlands|niederlande|paises bajos",
    "BE": "belgium|belgien|belgica",
    "LU": "luxembourg",
    "IE": "ireland|irland|irlanda",
    "PL": "poland|polen|polonia",
    "CZ": "czech republic|czechia",
    "SK": "slovakia",
    "HU": "hungary|ungarn",
    "RO": "romania|rumanien",
    "BG": "bulgaria",
    "GR": "greece|griechenland",
    "TR": "turkey|turkiye|turkei",
    "SE": "sweden|schweden|suecia",
    "NO": "norway|norwegen",
    "DK": "denmark|danemark",
    "FI": "finland|finnland",
    "IS": "iceland",
    "EE": "estonia",
    "LV": "latvia",
    "LT": "lithuania",
    "UA": "ukraine",
    "RU": "russia|russland",
    "RS": "serbia",
    "HR": "croatia|kroatien",
    "SI": "slovenia",
    "CA": "canada|kanada",
    "MX": "mexico|mexiko",
    "AR": "argentina|argentinien",
    "CL": "chile",
    "CO": "colombia|kolumbien",
    "PE": "peru",
    "BR": "brazil|brasil|brasilien",
    "IN": "india|indien",
    "PK": "pakistan",
    "BD": "bangladesh",
    "LK": "sri lanka",
    "NP": "nepal",
    "CN": "china",
    "HK": "hong kong",
    "TW": "taiwan",
    "JP": "japan",
    "KR": "south korea|korea",
    "SG": "singapore",
    "MY": "malaysia",
    "ID": "indonesia",
    "PH": "philippines",
    "TH": "thailand",
    "VN": "vietnam",
    "AU": "australia|australien",
    "NZ": "new zealand",
    "ZA": "south africa|sudafrika",
    "NG": "nigeria",
    "KE": "kenya",
    "GH": "ghana",
    "EG": "egypt|agypten",
    "MA": "morocco|marruecos",
    "AE": "uae|united arab emirates|dubai",
    "SA": "saudi arabia",
    "QA": "qatar",
    "IL": "israel",
    "IR": "iran",
    "IQ": "iraq",
    "JO": "jordan",
    "LB": "lebanon",
}

_US_STATES = (
    "PR puerto rico|AL alabama|AK alaska|AZ arizona|AR arkansas|CA california|CO colorado|CT connecticut"
    "|DE delaware|FL florida|GA georgia|HI hawaii|ID idaho|IL illinois|IN indiana|IA iowa|KS kansas"
    "|KY kentucky|LA louisiana|ME maine|MD maryland|MA massachusetts|MI michigan|MN minnesota"
    "|MS mississippi|MO missouri|MT montana|NE nebraska|NV nevada|NH new hampshire|NJ new jersey"
    "|NM new mexico|NY new york|NC north carolina|ND north dakota|OH ohio|OK oklahoma|OR oregon"
    "|PA pennsylvania|RI rhode island|SC south carolina|SD south dakota|TN tennessee|TX texas"
    "|UT utah|VT vermont|VA virginia|WA washington|WV west virginia|WI wisconsin|WY wyoming"
    "|DC district of columbia"
)

_REGIONS = {
    "IN": (
        "maharashtra|karnataka|tamil nadu|telangana|andhra pradesh|kerala|gujarat|haryana|delhi"
        "|uttar pradesh|west bengal|orissa|odisha|punjab|rajasthan|madhya pradesh|bihar|jharkhand"
        "|assam|goa|uttarakhand|chhattisgarh"
    ),
    "DE": (
        "bayern|bavaria|hessen|sachsen|brandenburg|niedersachsen|nordrhein-westfalen|nrw"
        "|baden-wurttemberg|thuringen|rheinland-pfalz|saarland|schleswig-holstein|sachsen-anhalt"
        "|mecklenburg-vorpommern"
    ),
    "CA": "ontario|quebec|british columbia|alberta|manitoba|saskatchewan|nova scotia",
    "AU": "new south wales|queensland|nsw|western australia|south australia|tasmania",
    "ES": (
        "cataluna|catalunya|andalucia|comunidad de madrid|comunidad valenciana|galicia|pais vasco"
        "|aragon|murcia"
    ),
    "GB": "kent|surrey|essex|yorkshire|lancashire|cheshire|hampshire|devon|cornwall|sussex",
}

# Only cities whose name alone settles the country.
_CITIES = {
    "GB": (
        "london|manchester|leeds|edinburgh|glasgow|aberdeen|bristol|liverpool|sheffield|cardiff"
        "|belfast|nottingham|coventry|birmingham|southampton|newcastle|leicester|york|cambridge|oxford"
    ),
    "DE": (
        "berlin|hamburg|munchen|munich|koln|cologne|frankfurt|frankfurt am main|stuttgart"
        "|dusseldorf|leipzig|dresden|hannover|nurnberg|bremen|braunschweig|dortmund|essen|bonn"
        "|mannheim|karlsruhe|augsburg|munster|potsdam|mainz"
    ),
    "AT": "wien|vienna|graz|linz|salzburg|innsbruck",
    "CH": "zurich|basel|bern|lausanne|winterthur|geneva|genf",
    "ES": "madrid|barcelona|valencia|sevilla|bilbao|malaga|zaragoza|granada|alicante|murcia",
    "FR": "paris|lyon|marseille|toulouse|bordeaux|lille|nantes|strasbourg",
    "IT": "rome|roma|milan|milano|torino|naples",
    "NL": "amsterdam|rotterdam|utrecht|eindhoven|the hague",
    "BE": "brussels|antwerp|ghent",
    "PT": "lisbon|lisboa|porto",
    "PL": "warsaw|krakow|wroclaw|gdansk|poznan|lodz|warszawa",
    "CZ": "prague|brno",
    "HU": "budapest",
    "AU": "sydney|melbourne",
    "IE": "dublin|cork",
    "SE": "stockholm|gothenburg",
    "DK": "copenhagen",
    "NO": "oslo",
    "FI": "helsinki",
    "TR": "istanbul|ankara|izmir|antalya|bursa",
    "US": (
        "new york|new york city|san francisco|los angeles|chicago|seattle|boston|austin|houston"
        "|dallas|denver|atlanta|philadelphia|phoenix|san diego|san jose|palo alto|mountain view"
        "|cupertino|redmond|detroit|miami|pittsburgh|minneapolis"
    ),
    "CA": "toronto|vancouver|montreal|ottawa|calgary",
    "IN": (
        "mumbai|pune|bangalore|bengaluru|hyderabad|chennai|kolkata|delhi|new delhi|gurgaon|noida"
        "|ahmedabad|secunderabad|bhubaneswar|kochi|trivandrum|coimbatore|jaipur"
    ),
    "JP": "tokyo|osaka|kyoto",
    "CN": "beijing|shanghai|shenzhen",
    "SG": "singapore",
    "AE": "dubai|abu dhabi",
    "AR": "buenos aires",
    "MX": "ciudad de mexico|mexico city",
    "CO": "bogota",
    "PE": "lima",
    "BR": "sao paulo",
    "NG": "lagos",
}

COUNTRY_CODES = {name: code for code, names in _COUNTRIES.items() for name in names.split("|")}
US_STATE_CODES = frozenset(entry[:2] for entry in _US_STATES.split("|"))
REGION_COUNTRY = {
    **{entry[3:]: "US" for entry in _US_STATES.split("|")},
    **{name: code for code, names in _REGIONS.items() for name in names.split("|")},
}
CITY_COUNTRY = {name: code for code, names in _CITIES.items() for name in names.split("|")}
