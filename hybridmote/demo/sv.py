"""Demomötet på svenska. Allt är påhittat: ingen har sagt detta, och ingen har frågat."""

from .words import Words

WORDS = Words(
    slug="miljostrateger",
    title="Miljöstrategernas nätverksträff",
    tagline="En kväll och en dag om det som är svårt hemma och lättare tillsammans",
    place="Stora salen i Folkets hus, och över webben",
    municipality="{} kommun",
    network="Nätverket för miljöstrateger",
    screen="Skärmen i salen",
    lectern="Talarstolen",
    leads="gruppledare",
    titles={
        "environment": "Miljöstrateg",
        "climate": "Klimatstrateg",
        "sustainability": "Hållbarhetsstrateg",
        "ecologist": "Kommunekolog",
        "water": "Vattenstrateg",
        "energy": "Energistrateg",
        "head": "Miljöchef",
        "adviser": "Energi- och klimatrådgivare",
        "nature": "Naturvårdshandläggare",
        "planner": "Översiktsplanerare",
        "waste": "Avfallsstrateg",
        "coordinator": "Hållbarhetssamordnare",
        "adaptation": "Samordnare för klimatanpassning",
        "transport": "Trafikplanerare",
        "chemicals": "Kemikaliesamordnare",
        "buyer": "Upphandlare",
        "organiser": "Samordnare",
        "moderator_one": "Moderator i salen",
        "moderator_two": "Moderator för webben",
    },
    items={
        "evening": ("Välkommen till kvällen", "Vilka vi är, vad vi ska göra i kväll och hur morgondagen ser ut."),
        "my_role": (
            "Min roll: tre exempel ur vardagen",
            "Tre kommuner berättar hur uppdraget ser ut hos dem: vem som bestämmer, vad som ryms och vad som får vänta.",
        ),
        "my_role_alone": ("Ensam strateg i en liten kommun", ""),
        "my_role_team": ("Åtta kollegor och ändå ont om tid", ""),
        "my_role_shared": ("En tjänst som tre kommuner delar på", ""),
        "buffet": ("Buffé och samtal", "För dig som är i salen. Webben vilar till i morgon."),
        "registration": (
            "Registrering och kaffe",
            "Hämta namnskylten i foajén. Du som är med över webben kan prova att bild och ljud kommer fram.",
        ),
        "welcome": (
            "Välkommen och presentationsrunda",
            "Alla säger sin kommun och sin svåraste fråga just nu, i en mening var. Webben skriver sin.",
        ),
        "budget": (
            "Koldioxidbudgeten som nämnden höll",
            "Hur en budget för utsläppen blev en del av den vanliga budgeten, och vad som hände första året den sprack.",
        ),
        "shade": (
            "Skugga där barnen är",
            "Fyra förskolegårdar, en värmekarta och en driftbudget: vad träden kostade, vad de gav och vad vi gjorde fel.",
        ),
        "coffee": ("Kaffe", "Vi börjar igen på utsatt tid."),
        "river": (
            "Samma å, två kommuner",
            "Två kollegor om att planera för vatten som inte bryr sig om kommungränsen: kartor, pengar och tålamod.",
        ),
        "river_discussion": ("Frågor och diskussion", ""),
        "buzz": (
            "Samtal i grupp",
            "Vad tar du med dig hem från förmiddagen? Fyra och fyra där ni sitter, och i små rum på webben.",
        ),
        "pitches": (
            "Fem teman på några minuter var",
            "Gruppledarna berättar vad deras grupp ska prata om i eftermiddag. Sedan väljer du.",
        ),
        "pitch_purchasing": ("Inköp som håller längre", "Köpa mindre, laga mer och skriva krav som går att följa upp."),
        "pitch_adaptation": (
            "Gamla planer, nytt väder",
            "Vad gör vi med detaljplaner som ritades för ett annat klimat?",
        ),
        "pitch_nature": ("Mer liv på kommunens mark", "Skötsel som gynnar både humlor och driftbudget."),
        "pitch_travel": ("Resorna i tjänsten", "Från policy i pärmen till färre mil i bil."),
        "pitch_energy": ("Effekt i våra egna hus", "När toppen kostar mer än förbrukningen."),
        "lunch": ("Lunch", "Vi börjar igen på utsatt tid."),
        "groups_one": ("Gruppsamtal, första omgången", "Gå till det tema du valde. Gruppledaren skriver."),
        "coffee_two": ("Kaffe och byte av grupp", "Vi börjar igen på utsatt tid."),
        "groups_two": (
            "Gruppsamtal, andra omgången",
            "Ett nytt tema för dig. Gruppen fortsätter där den förra slutade.",
        ),
        "summary": ("Summering med gruppledarna", "Fem grupper, tre minuter var: det viktigaste och nästa steg."),
        "end": ("Slut för i dag", "Tack för i dag och kom väl hem."),
    },
    questions={
        "role_mandate": "Vem är din uppdragsgivare på papperet, och vem är det i verkligheten?",
        "role_shared": "Hur delar ni på semestrar och sjukdagar när tre kommuner har en och samma tjänst?",
        "welcome_list": "Får vi listan över allas svåraste frågor efteråt?",
        "budget_overrun": "Vad hände rent konkret när budgeten sprack? Drogs det in pengar från någon förvaltning?",
        "budget_consumption": (
            "Räknar ni bara utsläppen inom kommunens gräns, eller också det vi köper in? Hos oss är det "
            "byggmaterial och livsmedel som väger tyngst, och de syns inte alls i den statistik som finns per "
            "kommun."
        ),
        "budget_politics": "Hur fick ni med er oppositionen, så att budgeten överlever ett val?",
        "budget_tool": "Vilket verktyg följer ni upp i, och hur många timmar i månaden tar det?",
        "budget_name": "Kan ni säga vilken nämnd som låg sämst till?",
        "budget_growth": "Hur hanterar ni att kommunen växer? Är taket per invånare eller totalt?",
        "budget_companies": "Ingår de kommunala bolagen?",
        "shade_species": "Vilka arter klarade den torra sommaren, och vilka skulle ni inte välja igen?",
        "shade_maintenance": (
            "Vem betalar vattningen år två till fem? Hos oss finns det nästan alltid pengar till att plantera, "
            "men aldrig till att sköta, och efter tre somrar står det döda träd på skolgårdarna som ingen vill "
            "äga. Har ni löst det med avtal, med en egen budgetrad eller på något annat sätt?"
        ),
        "shade_map": (
            "Är värmekartan gjord med satellit eller med mätningar på plats, och går det att lita på den inne på "
            "en gård?"
        ),
        "shade_rent": "Ökade internhyran för förskolorna?",
        "shade_priority": (
            "Hur valde ni just de fyra gårdarna? Var det värmen, barnantalet eller vem som ropade högst?"
        ),
        "shade_sails": "Är inte solsegel billigare de första tio åren?",
        "shade_allergy": "Har ni fått synpunkter om pollen och getingar, och vad svarar ni då?",
        "shade_new_builds": "Ställer ni krav på skugga redan när en ny förskola projekteras?",
        "shade_health": "Mäter ni något hos barnen, till exempel hur länge de är ute, eller bara temperaturen?",
        "shade_roots": "Hur kom ni överens med dem som äger ledningarna i marken?",
        "shade_sound": "Det är svårt att höra på webben när någon i salen frågar utan mikrofon. Kan frågan upprepas?",
        "shade_small": (
            "Vi är en liten kommun utan egen landskapsarkitekt och utan egna maskiner. Vilken del av arbetet "
            "skulle du säga att man kan göra ändå, med en vaktmästare, en intresserad rektor och kanske tjugo "
            "tusen kronor?"
        ),
        "shade_permit": "Behövde ni marklov någonstans?",
        "shade_checklist": "Går det att få låna er checklista?",
        "shade_data": "Finns kartan som öppna data?",
        "shade_asphalt": "Hur mycket asfalt tog ni bort, och vart tog parkeringarna vägen?",
    },
    reasons={
        "budget_name": "Den pekar ut en enskild nämnd. Skriv gärna om den så att den handlar om vad ni lärde er.",
        "shade_sound": "Tack, moderatorn upprepar frågorna från och med nu.",
    },
    texts={
        "lead": "En kväll och en dag om det som är svårt hemma och lättare tillsammans",
        "about": (
            "De flesta av oss är ensamma om vår uppgift hemma. Här träffar vi dem som har samma, och tar med oss hem "
            "det som redan fungerar hos någon annan.\n\n"
            "- **Kvällen** börjar med tre röster om rollen, och slutar med buffé.\n"
            "- **Dagen** har fyra samtal med gott om tid för frågor, och två rundor i grupp där du väljer tema."
        ),
        "audience": (
            "Du som arbetar med miljö och klimat i en kommun eller region, som strateg, samordnare eller chef. "
            "Du behöver inte ha varit med förut."
        ),
        "place": (
            "Folkets hus ligger sex minuters gångväg från stationen. Entrén är utan trappor, salen har hörslinga "
            "och det finns ett vilrum.\n\nCykelställ finns på gården."
        ),
        "web": (
            "Du behöver bara en webbläsare. Din personliga länk kommer med e-post. Du ser och hör det som händer i salen, "
            "och ställer dina frågor i skrift."
        ),
        "practical": (
            "Maten är vegetarisk. Säg till i anmälan om du behöver annan mat eller något annat för att kunna delta.\n\n"
            "Frågor och svar kan läsas efter mötet."
        ),
        "contact_name": "Nätverkets kansli",
        "contact_email": "kansliet@example.org",
    },
    fees={
        "day": ("Dagen i salen", "Lunch, kaffe på förmiddagen och eftermiddagen"),
        "web": ("Dagen över webben", "Allt som händer i salen, i bild och ljud, och egna grupper"),
        "evening": ("Dagen och kvällen i salen", "Lunch, kaffe och buffén kvällen före"),
    },
    places={
        "binding": (
            "Anmälan är bindande från och med sista anmälningsdagen. Platsen kan lämnas över till någon annan utan "
            "kostnad, också samma dag. Priserna är utan moms."
        ),
        "challenge1": "Att få tid till det som inte är akut.",
        "challenge2": "Skyfallsplanen finns, men ingen har den i sin budget.",
        "challenge3": "Vem äger frågan när den delas av fyra förvaltningar?",
        "challenge4": "Att mäta det som betyder något och inte bara det som går att mäta.",
        "challenge5": "Träden som ska ge skugga om trettio år måste planteras i år.",
        "diet1": "Veganskt",
        "diet2": "Inga nötter",
        "diet3": "Glutenfritt",
        "access1": "Plats nära hörslingan",
        "access2": "Kommer i rullstol",
    },
)
